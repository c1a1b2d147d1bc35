import { readFile, writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { loadSettings } from '../../config/load-settings.ts';
import { failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { choice, configOption, defineCommand, text } from '../command.ts';
import { findRun } from '../find-run.ts';

export const runbook = defineCommand({
  name: 'runbook',
  about: 'Write the team’s runbook, from its configuration and the last rehearsal.',
  detail:
    'Which migrations, checks before and after, commands, times and ways back, and what to do when something fails; each step is marked for an agent or for people only. ' +
    'Nothing is connected to. Without a rehearsal it says so, and gives no times. With --check nothing is written: exit code 1 where the file is out of date.',
  example: 'pgrehearse runbook --output RUNBOOK.md',
  options: {
    run: text('run', 'The run that figures are taken from, or its folder; the newest that judged the deploy unless given.'),
    output: text('file', 'File to write, .md or .html; standard output unless given.'),
    format: choice('format', ['auto', 'markdown', 'html'], 'auto', 'Form; by the file’s ending'),
    check: text('file', 'Compare this file with what would be written, and write nothing.'),
    config: configOption,
  },
  async run({ options, terminal, folder }) {
    const loaded = await loadSettings(folder, options.config);
    if (!loaded.ok) return loaded;
    const { settings, folder: project, file: configFile } = loaded.value;
    const named = options.config === undefined ? {} : { configFile: relative(project, configFile) };
    const runsFolder = resolve(project, settings.folders.runs);
    const wanted = { settings, folder: project, ...named };
    if (options.check !== undefined) {
      const path = resolve(folder, options.check);
      const written = await readText(path, options.check);
      if (!written.ok) return written;
      const { checkRunbook } = await import('../../rehearsal/runbook/check-runbook.ts');
      const checked = await checkRunbook({ ...wanted, runsFolder, text: written.value, form: formOf(options.format, path) });
      if (!checked.ok) return checked;
      const { outdated, notes } = checked.value;
      for (const note of notes) terminal.note(note);
      for (const reason of outdated) terminal.print(`${options.check}: ${reason}`);
      if (outdated.length === 0) terminal.note(`${options.check} is up to date.`);
      return ok(outdated.length === 0 ? 0 : 1);
    }
    const { makeRunbook, newestDeployRun, runbookForms } = await import('../../rehearsal/runbook/make-runbook.ts');
    const newest = options.run === undefined ? await newestDeployRun(runsFolder) : await findRun(folder, options.config, options.run);
    if (!newest.ok) return newest;
    const runFolder = typeof newest.value === 'string' ? newest.value : newest.value?.folder;
    const made = await makeRunbook({ ...wanted, ...(runFolder === undefined ? {} : { runFolder }) });
    if (!made.ok) return made;
    if (runFolder === undefined) terminal.note('Not rehearsed yet: the runbook gives no times. Run `pgrehearse run` first, and write it again.');
    if (options.output === undefined) {
      terminal.print(runbookForms[formOf(options.format, '')](made.value).trimEnd());
      return ok(0);
    }
    const path = resolve(folder, options.output);
    try {
      await writeFile(path, runbookForms[formOf(options.format, path)](made.value));
    } catch (error) {
      return fail(
        failure('usage', `${options.output} cannot be written: ${(error as NodeJS.ErrnoException).code}`, { cure: 'Name another file with --output.' }),
      );
    }
    terminal.note(`Wrote ${path}.`);
    return ok(0);
  },
});

function formOf(form: 'auto' | 'markdown' | 'html', path: string): 'markdown' | 'html' {
  if (form !== 'auto') return form;
  return /\.html?$/i.test(path) ? 'html' : 'markdown';
}

async function readText(path: string, shown: string): Promise<Result<string>> {
  try {
    return ok(await readFile(path, 'utf8'));
  } catch (error) {
    return fail(failure('usage', `${shown} cannot be read: ${(error as NodeJS.ErrnoException).code}`, { cure: 'Write it first with --output.' }));
  }
}
