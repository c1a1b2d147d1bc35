import { writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { ignoreItself } from '../../config/git-ignore.ts';
import { loadSettings } from '../../config/load-settings.ts';
import { loadWaivers, usualWaiversFile } from '../../config/load-waivers.ts';
import { failure } from '../../core/failure.ts';
import { fail, ok } from '../../core/result.ts';
import { differenceClasses } from '../../core/schema-difference.ts';
import { choice, configOption, defineCommand, flag, jsonOption, list, listOf, port, text } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { hasColor, openProgress } from '../run-output.ts';
import { runSelfTest } from '../run-self-test.ts';

const usualFolder = '.pgrehearse/diff';

export const diff = defineCommand({
  name: 'diff',
  about: 'Compare the schemas of two databases.',
  detail:
    'Each side is a postgres:// URL, a kept clone, or the name of a database on the server that --host, --port and --user name. Both are only read. ' +
    'Kept are both canonical texts, and SQL that would make B like A: advice, never run. ' +
    `Differences can be waived for a while in ${usualWaiversFile}; a waiver that has expired, or that matches nothing, counts as a difference. ` +
    'With --self-test, hundreds of pairs of databases whose only difference is known are made on a server (one of ours, unless it is named), compared and ' +
    'dropped again, and the score is told; no database that is there already is touched. ' +
    'Exit code 0 when they are the same, 1 when they differ, 2 when they could not be compared.',
  example: 'pgrehearse diff shop fresh',
  arguments: [
    { name: '[a]', about: 'One side, such as production’s clone; with --self-test, a database on the server to try it on.' },
    { name: '[b]', about: 'The other side, such as the baseline.' },
  ],
  options: {
    host: text('host', 'Server of sides that are database names.'),
    port: port('Its port.'),
    user: text('name', 'Its user; the password comes from PGPASSWORD or ~/.pgpass.'),
    format: choice('format', ['terminal', 'json', 'markdown', 'html'], 'terminal', 'Form of the result'),
    output: text('file', 'File for the result; standard output unless given.'),
    strict: flag('Differences that are only reported count too, and what could not be compared completely is a failure (exit code 2).'),
    include: list('schemas', 'Compare these schemas only, separated by commas.'),
    exclude: list('objects', 'Leave out these objects and all that belongs to them, by qualified name, separated by commas.'),
    onlyClass: listOf('classes', differenceClasses, 'Tell and count only differences of these classes, separated by commas'),
    waivers: text('file', `File of waivers; as configured, or ${usualWaiversFile} where it is there, unless given.`),
    change: choice('side', ['a', 'b'], 'b', 'Side that the advice would change'),
    selfTest: flag('Try the comparison itself on a server, and tell how much of what can differ it finds.'),
    out: text('folder', `Where canonical texts and advice go; ${usualFolder} unless given.`),
    config: configOption,
    json: jsonOption,
  },
  failureExitCode: 2,
  async run(call) {
    const { args, options, terminal, folder, signal } = call;
    if (options.selfTest) return await runSelfTest(call);
    const [a, b] = args;
    if (a === undefined || b === undefined) {
      return fail(
        failure('usage', 'diff needs two sides.', { cure: 'Name both, as in `pgrehearse diff shop fresh`, or try the comparison with --self-test.' }),
      );
    }
    const loaded = await loadSettings(folder, options.config);
    // Without a configuration, the defaults say which differences count.
    if (!loaded.ok && (loaded.failure.code !== 'config-not-found' || options.config !== undefined)) return loaded;
    const configured = loaded.ok && options.waivers === undefined;
    const waivers = configured
      ? await loadWaivers(loaded.value.folder, loaded.value.settings.schemaGate.waivers, folder)
      : await loadWaivers(folder, options.waivers);
    if (!waivers.ok) return waivers;
    const { diffDatabases } = await import('../../rehearsal/comparing/diff-databases.ts');
    const format = options.json ? 'json' : options.format;
    using output = openProgress(terminal, format === 'json', 'schema-gate');
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
      waivers: waivers.value,
      include: options.include,
      exclude: options.exclude,
      onlyClasses: options.onlyClass,
      strict: options.strict,
      change: options.change,
    });
    output.close();
    if (!compared.ok) return compared;
    const { comparison, artifacts, exitCode } = compared.value;
    const { renderDiff } = await import('../../rehearsal/comparing/render-diff.ts');
    const stream = terminal.stdout;
    const toTerminal = options.output === undefined;
    const shown = renderDiff(compared.value, format, { columns: toTerminal ? (stream.columns ?? 100) : 100, color: toTerminal && hasColor(stream) });
    if (options.output !== undefined) {
      const file = resolve(folder, options.output);
      try {
        await writeFile(file, shown);
      } catch (error) {
        return fail(
          failure('usage', `${options.output} cannot be written: ${(error as NodeJS.ErrnoException).code}`, { cure: 'Name another file with --output.' }),
        );
      }
      terminal.note(`${comparison.summary}\nWrote ${options.output}.`);
    } else terminal.print(shown.trimEnd());
    if (format !== 'json') terminal.note(`Kept: ${artifacts.map((path) => relative(folder, path)).join(', ')}`);
    return ok(exitCode);
  },
});
