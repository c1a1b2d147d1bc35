import { relative } from 'node:path';
import { loadSettings } from '../../config/load-settings.ts';
import { ok } from '../../core/result.ts';
import { choice, configOption, defineCommand, jsonOption, OptionError, type OptionSpec, text } from '../command.ts';
import { findRun } from '../find-run.ts';
import { leaveHomes, makeContext } from '../make-context.ts';
import { hasColor } from '../run-output.ts';
import { toolVersion } from '../tool-version.ts';

function sha256(about: string): OptionSpec<string | undefined> {
  return {
    placeholder: 'hash',
    about,
    parse: (given) => {
      if (!/^[0-9a-fA-F]{64}$/.test(given)) throw new OptionError('must be a SHA-256: 64 hexadecimal digits');
      return given.toLowerCase();
    },
    fallback: undefined,
  };
}

export const preflight = defineCommand({
  name: 'preflight',
  about: 'Look at production before the deploy, read-only: does the rehearsal’s evidence still apply?',
  detail:
    'The evidence has to be whole, a PASS and young enough, configuration and migration files those that were rehearsed, the approved transcript that of the run, ' +
    'and production what it was: schema, applied migrations, version, extensions, roles, settings. Nobody may stand in the way of the migrations, there has to be room for ' +
    'them, and no freeze window may be open. What differs is named. What could not be found out is unknown, never GO. Production is read in read-only transactions, ' +
    'best by a role with pg_monitor. The look is sealed as a run of its own. Nothing is deployed, and a GO authorises nothing. Exit code 0 GO, 1 NO-GO, 3 unknown.',
  example: 'pgrehearse preflight --transcript 3b5c2f0e9d1a4c7786f1b0a2d3e4f5968778695a4b3c2d1e0f9a8b7c6d5e4f30',
  options: {
    run: text('run', 'Rehearsal, or its folder; the newest of the deploy unless given.'),
    transcript: sha256('SHA-256 of the deploy transcript that was approved; as configured (preflight.transcript) unless given.'),
    root: sha256('Root hash of the rehearsal that was written down when it ended.'),
    format: choice('format', ['terminal', 'markdown', 'json'], 'terminal', 'Form of the result'),
    config: configOption,
    json: jsonOption,
  },
  async run({ options, terminal, folder, signal }) {
    const loaded = await loadSettings(folder, options.config);
    if (!loaded.ok) return loaded;
    const rehearsal = await findRun(folder, options.config, options.run, 'deploy');
    if (!rehearsal.ok) return rehearsal;
    const format = options.json ? 'json' : options.format;
    const { preflight: look } = await import('../../rehearsal/preflight/preflight.ts');
    // A look takes a second or two, and its result says all that it saw.
    const context = await makeContext({ signal });
    if (!context.ok) return context;
    try {
      const { settings, folder: projectFolder } = loaded.value;
      const { transcript, root } = options;
      const looked = await look(context.value, { settings, folder: projectFolder, toolVersion, rehearsal: rehearsal.value, transcript, root });
      if (!looked.ok) return looked;
      const { report, runFolder, trouble } = looked.value;
      const { renderPreflight } = await import('../../rehearsal/preflight/render-preflight.ts');
      terminal.print(renderPreflight(report, format, { columns: terminal.stdout.columns ?? 100, color: hasColor(terminal.stdout) }).trimEnd());
      if (trouble !== undefined) terminal.note(`error: ${trouble.message}\n  → ${trouble.cure}`);
      if (format !== 'json') terminal.note(`Evidence: ${relative(folder, runFolder)}`);
      return ok(report.exitCode);
    } finally {
      await leaveHomes();
    }
  },
});
