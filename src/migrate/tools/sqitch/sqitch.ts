import { relative, resolve } from 'node:path';
import { failure } from '../../../core/failure.ts';
import { fail } from '../../../core/result.ts';
import type { CommandSettings, MigrateSettings } from '../../migrate-settings.ts';
import { historyOf } from '../history-of.ts';
import type { ToolAdapter } from '../tool-adapter.ts';
import { readChanges } from './read-changes.ts';
import { readSqitchConfig, type SqitchConfig, textOf } from './read-config.ts';
import { readSqitchLedger } from './read-ledger.ts';

/** The database that libpq's variables name. */
const usualTarget = 'db:pg:';

/**
 * Sqitch: a plan names the changes in their order, each with an id that covers all changes before it; deploy, revert and verify scripts are run by psql.
 * Checked against Sqitch 1.3.1. Sources: https://sqitch.org/docs/manual/sqitchchanges/ and …/sqitch-configuration/, and the grammar in its App::Sqitch::Plan.
 */
export const sqitch: ToolAdapter = {
  name: 'sqitch',
  // In the registry's schema, whatever it is called.
  sideTables: ['tags', 'dependencies', 'events', 'projects', 'releases'],

  async readHistory(projectFolder, settings) {
    const config = await configOf(projectFolder, settings);
    const shown = relative(projectFolder, config.planFile);
    const text = await textOf(config.planFile);
    if (text === undefined) {
      return fail(
        failure('migration-folder-missing', `Sqitch’s plan ${shown} does not exist`, {
          object: shown,
          place: { file: shown },
          cure: 'Set migrate.workingFolder to the folder of sqitch.conf.',
        }),
      );
    }
    return historyOf(await readChanges(projectFolder, config, text), shown, 'Sqitch');
  },

  readLedger: readSqitchLedger,

  wasEdited: ({ checksum }, row) => (row.checksum === undefined ? undefined : row.checksum !== checksum),

  commands(settings) {
    const program = settings.program ?? ['sqitch'];
    const target = targetOf(settings);
    return {
      up: settings.tool === 'command' ? settings.command : [...program, 'deploy', target],
      upTo: (revision) => [...program, 'deploy', '--to', revision, target],
      stamp: (revision) => [...program, 'deploy', '--log-only', '--to', revision, target],
      downTo: (revision) => [...program, 'revert', '-y', ...(revision === undefined ? [] : ['--to', revision]), target],
      // No `current`: `sqitch status` names what is pending as well.
      heads: [...program, 'plan', '--reverse', '--max-count', '1', '--no-headers', '--format', 'format:%n'],
      history: [...program, 'plan', '--no-headers', '--format', 'format:%n'],
      version: [...program, '--version'],
    };
  },
};

/** The configuration where Sqitch looks for it. */
async function configOf(projectFolder: string, settings: MigrateSettings): Promise<SqitchConfig> {
  const started: Pick<CommandSettings, 'env' | 'workingFolder'> = settings.tool === 'command' ? settings : { env: {} };
  const workingFolder = resolve(projectFolder, started.workingFolder ?? '.');
  return await readSqitchConfig({ workingFolder, program: settings.program ?? ['sqitch'], env: started.env }, targetOf(settings));
}

/** What stands behind `deploy` and is no option. */
function targetOf(settings: MigrateSettings): string {
  const words = settings.tool === 'command' ? settings.command : [];
  return words.slice(words.indexOf('deploy') + 1).find((word) => /^db:/.test(word)) ?? usualTarget;
}
