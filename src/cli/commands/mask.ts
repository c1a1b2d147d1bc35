import { loadSettings } from '../../config/load-settings.ts';
import { ok } from '../../core/result.ts';
import type { MaskCheck } from '../../rehearsal/source/check-masks.ts';
import { cloudChoices, permissionOptions } from '../cloud-options.ts';
import { configOption, defineCommand, flag, jsonOption } from '../command.ts';
import { makeContext } from '../make-context.ts';
import { openProgress } from '../run-output.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

export const mask = defineCommand({
  name: 'mask',
  about: 'Find production’s columns that look personal, and propose a mask for each that has none.',
  detail:
    'Reads production’s catalogs, never its values; with --sample production also counts which values look personal, in up to 1,000 rows of each table. ' +
    'Prints lines to paste into masking.columns. With --check the exit code is 1 while a decision is missing, or doesn’t fit: for CI.',
  example: 'pgrehearse mask --check',
  options: {
    ...permissionOptions,
    check: flag('Exit with 1 while a decision is missing or wrong.'),
    sample: flag('Let production look at some of the values too.'),
    config: configOption,
    json: jsonOption,
  },
  async run({ options, terminal, folder, signal }) {
    const loaded = await loadSettings(folder, options.config);
    if (!loaded.ok) return loaded;
    const { checkMasks } = await import('../../rehearsal/source/check-masks.ts');
    using output = openProgress(terminal, options.json);
    const context = await makeContext({ emit: output.emit, signal, cloud: cloudChoices(options) });
    if (!context.ok) return context;
    const checked = await checkMasks(context.value, loaded.value.settings, loaded.value.folder, { sample: options.sample });
    output.close();
    if (!checked.ok) return checked;
    const check = checked.value;
    const exitCode = options.check && check.failures.length > 0 ? 1 : 0;
    if (options.json) terminal.printJson({ exitCode, ...check });
    else print(terminal, check);
    return ok(exitCode);
  },
});

/** What is to be pasted goes to stdout, and everything about it to stderr: `pgrehearse mask >> masks.txt`. */
function print(terminal: Terminal, { source, masking, columns, kept, undecided, problems, largeObjectsUndecided }: MaskCheck): void {
  terminal.note(`${source}: ${columns} columns, ${masking.columns.length} masked, ${kept} kept, ${undecided.length} undecided.`);
  if (problems.length > 0) terminal.note(`\nDecisions that do not fit:\n${problems.map((problem) => `  ${problem}.`).join('\n')}`);
  if (largeObjectsUndecided) terminal.note('\nThere are large objects, which can’t be masked: set masking.largeObjects to "empty" or "keep".');
  if (undecided.length === 0) {
    if (problems.length === 0 && !largeObjectsUndecided) terminal.note('Every column that looks personal has a decision.');
    return;
  }
  const rows = undecided.map(({ name, type, why }) => [name, type, why]);
  terminal.note(`\n${table(['COLUMN', 'TYPE', 'WHY'], rows).join('\n')}\n\nTo paste into masking.columns, and to correct:`);
  for (const { name, suggestion } of undecided) terminal.print(`${JSON.stringify(name)}: ${JSON.stringify(suggestion)},`);
}
