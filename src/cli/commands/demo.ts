import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ignoreItself } from '../../config/git-ignore.ts';
import type { Emit } from '../../core/event.ts';
import { ok } from '../../core/result.ts';
import { defineCommand, flag, text } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { reportsOf } from '../reports-of.ts';
import { openRunOutput } from '../run-output.ts';
import { toolVersion } from '../tool-version.ts';

/** Beside src and dist. */
const exampleFolder = fileURLToPath(new URL('../../../examples/tenant-rename', import.meta.url));

export const demo = defineCommand({
  name: 'demo',
  about: 'See it work: a small company’s deploy is rehearsed twice, as first written and as repaired.',
  detail: 'Starts a production of its own, so nothing of yours is touched. Exit code 0 when the first run ends as BLOCKER and the second as PASS.',
  example: 'pgrehearse demo',
  options: { runs: text('folder', 'Where the two runs are kept; .pgrehearse/demo unless given.'), json: flag('Print every event as a line of JSON.') },
  async run({ options, terminal, folder, signal }) {
    const { runDemo } = await import('../../rehearsal/demo.ts');
    const runsFolder = resolve(folder, options.runs ?? '.pgrehearse/demo');
    await ignoreItself(runsFolder);
    using output = openRunOutput(terminal, options.json);
    const emit: Emit = (event) => {
      output.emit(event);
      // Each of the two runs gets its own end.
      if (event.type === 'run-finished') output.close();
    };
    const context = await makeContext({ emit, signal });
    if (!context.ok) return context;
    const ended = await runDemo(context.value, { exampleFolder, runsFolder, toolVersion });
    output.close();
    if (!ended.ok) return ended;
    const asExpected = ended.value.every(({ expected, result }) => result.verdict.kind === expected);
    if (!options.json) {
      terminal.print('');
      for (const { configuration, expected, result } of ended.value) {
        terminal.print(`${result.verdict.kind}, ${result.verdict.kind === expected ? 'as expected' : `expected ${expected}`}: ${configuration}`);
        for (const { title, path } of reportsOf(result, folder)) terminal.print(`  ${title}: ${path}`);
      }
    }
    if (signal.aborted || asExpected) return ok(0);
    // A run that could not be made says more by its own code than by 1.
    return ok(ended.value.find(({ expected, result }) => result.verdict.kind !== expected && result.exitCode > 1)?.result.exitCode ?? 1);
  },
});
