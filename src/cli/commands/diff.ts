import { relative, resolve } from 'node:path';
import { ignoreItself } from '../../config/git-ignore.ts';
import { loadSettings } from '../../config/load-settings.ts';
import { ok } from '../../core/result.ts';
import { configOption, defineCommand, jsonOption, port, text } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { openProgress } from '../run-output.ts';

const usualFolder = '.pgrehearse/diff';

export const diff = defineCommand({
  name: 'diff',
  about: 'Compare the schemas of two databases.',
  detail:
    'Each side is a postgres:// URL, a kept clone, or the name of a database on the server that --host, --port and --user name. ' +
    'Both canonical texts are kept. Exit code 0 when they are the same, 1 when they differ, 2 when they could not be compared.',
  example: 'pgrehearse diff shop fresh',
  arguments: [
    { name: '<a>', about: 'One side, such as production’s clone.' },
    { name: '<b>', about: 'The other side, such as the baseline.' },
  ],
  options: {
    host: text('host', 'Server of sides that are database names.'),
    port: port('Its port.'),
    user: text('name', 'Its user; the password comes from PGPASSWORD or ~/.pgpass.'),
    out: text('folder', `Where both canonical texts go; ${usualFolder} unless given.`),
    config: configOption,
    json: jsonOption,
  },
  failureExitCode: 2,
  async run({ args: [a = '', b = ''], options, terminal, folder, signal }) {
    const loaded = await loadSettings(folder, options.config);
    // Without a configuration, the defaults say which differences count.
    if (!loaded.ok && (loaded.failure.code !== 'config-not-found' || options.config !== undefined)) return loaded;
    const { diffDatabases } = await import('../../rehearsal/diff-databases.ts');
    using output = openProgress(terminal, options.json, 'schema-gate');
    const context = await makeContext({ emit: output.emit, signal });
    if (!context.ok) return context;
    const artifactsFolder = resolve(folder, options.out ?? usualFolder);
    if (options.out === undefined) await ignoreItself(artifactsFolder);
    const compared = await diffDatabases(context.value, {
      a,
      b,
      host: options.host,
      port: options.port,
      user: options.user,
      artifactsFolder,
      settings: loaded.ok ? loaded.value.settings : undefined,
    });
    output.close();
    if (!compared.ok) return compared;
    const { comparison, text: shown, artifacts, exitCode } = compared.value;
    if (options.json) terminal.printJson({ exitCode, differences: comparison.differences, scope: comparison.scope, artifacts });
    else {
      terminal.print(shown.trimEnd());
      terminal.note(`Canonical texts: ${artifacts.map((path) => relative(folder, path)).join(', ')}`);
    }
    return ok(exitCode);
  },
});
