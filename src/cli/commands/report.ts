import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { failure } from '../../core/failure.ts';
import { fail, ok } from '../../core/result.ts';
import { choice, configOption, defineCommand, text } from '../command.ts';
import { findRun } from '../find-run.ts';

export const report = defineCommand({
  name: 'report',
  about: 'Write the report of a run again, from its evidence.',
  detail:
    'Every run writes its reports into its own folder; this is for another form or another place. The memo is one page for whoever signs the deploy off; written by this command it has the root hash too.',
  example: 'pgrehearse report --format markdown --output comment.md',
  arguments: [{ name: '[run]', about: 'Run, or its folder; the newest unless given.' }],
  options: {
    format: choice('format', ['html', 'markdown', 'json', 'memo', 'memo-markdown'], 'html', 'Form of the report'),
    output: text('file', 'File to write; standard output unless given.'),
    config: configOption,
  },
  async run({ args: [named], options, terminal, folder }) {
    const found = await findRun(folder, options.config, named);
    if (!found.ok) return found;
    const { renderReport } = await import('../../rehearsal/write-report.ts');
    const rendered = await renderReport(found.value, options.format);
    if (!rendered.ok) return rendered;
    if (options.output === undefined) {
      terminal.print(rendered.value.trimEnd());
      return ok(0);
    }
    const file = resolve(folder, options.output);
    try {
      await writeFile(file, rendered.value);
    } catch (error) {
      return fail(
        failure('usage', `${options.output} cannot be written: ${(error as NodeJS.ErrnoException).code}`, { cure: 'Name another file with --output.' }),
      );
    }
    terminal.note(`Wrote ${file}.`);
    return ok(0);
  },
});
