import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { detectProject } from '../../config/detect/detect-project.ts';
import { configFileNames } from '../../config/find-config-file.ts';
import { addToGitIgnore } from '../../config/git-ignore.ts';
import { settingsSchema } from '../../config/schema.ts';
import { type ConfigFormat, configText, startingSettings } from '../../config/write-config.ts';
import { failure } from '../../core/failure.ts';
import { fail, ok } from '../../core/result.ts';
import { defineCommand, dryRunOption, flag, jsonOption, OptionError, type OptionSpec } from '../command.ts';

const format: OptionSpec<ConfigFormat | undefined> = {
  placeholder: 'format',
  about: 'ts or json; ts where there is a package.json, unless given.',
  parse: (given) => {
    if (given !== 'ts' && given !== 'json') throw new OptionError('must be ts or json');
    return given;
  },
  fallback: undefined,
};

/** Runs, and what other commands put beside them. */
const ownFolder = '.pgrehearse';
const installedSchema = 'node_modules/pgrehearse/docs/reference/config.schema.json';

export const init = defineCommand({
  name: 'init',
  about: 'Write the configuration for this project, and make git ignore dumps and runs.',
  detail: 'Looks for the migration tool and the checked-in schema by their files; nothing is run.',
  example: 'pgrehearse init',
  options: { format, force: flag('Overwrite an existing configuration.'), dryRun: dryRunOption, json: jsonOption },
  async run({ options, terminal, folder }) {
    const existing = configFileNames.find((name) => existsSync(join(folder, name)));
    if (existing !== undefined && !options.force) {
      return fail(failure('usage', `${existing} is already here`, { cure: 'Change it by hand, or overwrite it with --force.', place: { file: existing } }));
    }
    const chosen = options.format ?? (existsSync(join(folder, 'package.json')) ? 'ts' : 'json');
    const file = `pgrehearse.config.${chosen}`;
    if (existing !== undefined && existing !== file) {
      return fail(failure('usage', `${existing} is already here, and two configurations would contradict each other`, { cure: `Remove ${existing} first.` }));
    }
    const detected = await detectProject(folder);
    const text = configText(detected, chosen, existsSync(join(folder, installedSchema)) ? `./${installedSchema}` : undefined);
    const { folders } = settingsSchema.parse(startingSettings(detected));
    if (options.dryRun) {
      terminal.print(text.trimEnd());
      return ok(0);
    }
    await writeFile(join(folder, file), text);
    const ignored = await addToGitIgnore(folder, [folders.dumps, ownFolder, ...(folders.runs.startsWith(`${ownFolder}/`) ? [] : [folders.runs])]);
    const [tool, ...others] = detected.tools;
    if (options.json) {
      terminal.printJson({ file, ignored, tool: tool?.tool ?? null, because: tool?.because ?? null, others: others.map((other) => other.tool) });
      return ok(0);
    }
    terminal.print(tool === undefined ? 'No migrations were found.' : `Found ${tool.tool} (${tool.because}).`);
    if (others.length > 0) terminal.print(`Also found: ${others.map((other) => `${other.tool} (${other.because})`).join(', ')}.`);
    terminal.print(detected.schemaFile === undefined ? 'No checked-in schema was found.' : `Found the checked-in schema ${detected.schemaFile}.`);
    terminal.print(`Wrote ${file}.`);
    if (ignored.length > 0) terminal.print(`Added ${ignored.join(' and ')} to .gitignore.`);
    terminal.print('');
    terminal.print('What is left to do:');
    const notes = [
      ...(tool?.notes ?? ['Set migrate to the way your migrations are run.']),
      'Set migrate.role to the role that migrates production.',
      'Put the URL of production, better of a replica, into the variable PRODUCTION_URL, or set source to a dump.',
      'Run `pgrehearse doctor`, and then `pgrehearse run`.',
    ];
    for (const [index, note] of notes.entries()) terminal.print(`  ${index + 1}. ${note}`);
    return ok(0);
  },
});
