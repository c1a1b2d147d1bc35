import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type Failure, failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import type { LayoutReading } from '../../migration-file.ts';
import type { SqitchConfig } from './read-config.ts';
import { type PlannedChange, readPlan } from './read-plan.ts';

/**
 * The changes of a plan with their scripts. A change that was reworked later is called `name@tag`, as Sqitch's own commands call it; the newest of a name has the
 * name alone. `checksum` is what Sqitch records of a deploy script: the SHA-1 of its bytes.
 *
 * @param projectFolder absolute
 */
export async function readChanges(projectFolder: string, config: SqitchConfig, planText: string): Promise<LayoutReading> {
  const shown = (path: string) => relative(projectFolder, path).split(sep).join('/');
  const planFile = shown(config.planFile);
  const plan = readPlan(planText);
  if ('problems' in plan) {
    return {
      migrations: [],
      problems: plan.problems.map(({ problem, line }) => {
        const place = { file: planFile, ...(line === undefined ? {} : { line }) };
        return failure('migration-format', `${planFile}${line === undefined ? '' : `:${line}`} ${problem}`, {
          object: planFile,
          place,
          cure: 'Correct the plan; `sqitch plan` tells more.',
        });
      }),
    };
  }
  const migrations: Migration[] = [];
  const problems: Failure[] = [];
  for (const change of plan.changes) {
    const deploy = await scriptOf(change, config.folders.deploy, config.folders.reworkedDeploy, config.extension);
    const revert = await scriptOf(change, config.folders.revert, config.folders.reworkedRevert, config.extension);
    if (deploy.bytes === undefined) {
      const message = `${planFile}:${change.line} plans ${revisionOf(change)}, and its script ${shown(deploy.path)} isn’t there`;
      problems.push(failure('migration-format', message, { object: change.name, place: { file: planFile, line: change.line }, cure: 'Restore the script.' }));
      continue;
    }
    migrations.push({
      revision: revisionOf(change),
      file: shown(deploy.path),
      sha256: createHash('sha256').update(deploy.bytes).digest('hex'),
      up: deploy.bytes.toString('utf8'),
      upLine: 1,
      ...(revert.bytes !== undefined && { down: revert.bytes.toString('utf8'), downFile: shown(revert.path) }),
      // Sqitch begins no transaction around a script: the scripts do.
      optsOutOfTransaction: true,
      checksum: createHash('sha1').update(deploy.bytes).digest('hex'),
      ledgerKey: { project: plan.project, change_id: change.id, change: change.name },
    });
  }
  return { migrations, problems };
}

function revisionOf({ name, reworkTags }: PlannedChange): string {
  return reworkTags[0] === undefined ? name : `${name}@${reworkTags[0]}`;
}

/** A reworked change's scripts are named after the first of its tags for which there is a deploy script. */
async function scriptOf(
  { name, reworkTags }: PlannedChange,
  folder: string,
  reworkedFolder: string,
  extension: string,
): Promise<{ readonly path: string; readonly bytes: Buffer | undefined }> {
  const names = reworkTags.length === 0 ? [name] : reworkTags.map((tag) => `${name}@${tag}`);
  const paths = names.map((one) => join(reworkTags.length === 0 ? folder : reworkedFolder, ...`${one}.${extension}`.split('/')));
  for (const path of paths) {
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code ?? '')) return undefined;
      throw error;
    });
    if (bytes !== undefined) return { path, bytes };
  }
  return { path: paths[0] ?? '', bytes: undefined };
}
