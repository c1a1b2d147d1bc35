import { readFile } from 'node:fs/promises';
import { dirname, extname, relative } from 'node:path';
import { type Failure, failure, type Place } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { findConfigFile } from './find-config-file.ts';
import { importConfig } from './import-config.ts';
import { JsonError, type Path, parseJsonWithPlaces } from './json-places.ts';
import { type Settings, settingsSchema } from './schema.ts';
import { settingsProblems } from './settings-problems.ts';
import { showPath } from './show-path.ts';

export interface LoadedSettings {
  readonly settings: Settings;
  /** Absolute path of the file. */
  readonly file: string;
  /** The file's folder: every path of the settings is relative to it. */
  readonly folder: string;
}

/**
 * Reads the configuration: `pgrehearse.config.ts`, `.js`, `.mjs` or `.json` in `folder` or the nearest folder above it in the same repository, or the named file.
 *
 * Fails with `config-not-found`, or with `config-invalid` whose `problems` hold every fault: its path, its line and column (JSON), what is expected. Values are
 * never part of a message.
 *
 * @param folder absolute path of the folder to start from
 * @param file path of the file, relative to `folder`
 */
export async function loadSettings(folder: string, file?: string): Promise<Result<LoadedSettings>> {
  const found = await findConfigFile(folder, file);
  if (!found.ok) return found;
  const shown = relative(folder, found.value) || found.value;
  const read = extname(found.value) === '.json' ? await readJson(found.value, shown) : await readModule(found.value, shown);
  if (!read.ok) return read;

  const parsed = settingsSchema.safeParse(read.value.input);
  if (parsed.success) return ok({ settings: parsed.data, file: found.value, folder: dirname(found.value) });
  const problems = settingsProblems(settingsSchema, read.value.input).map((problem) =>
    failure('config-invalid', `${showPath(problem.path)} ${problem.message}`, {
      cure: problem.cure,
      object: showPath(problem.path),
      place: read.value.placeOf(problem.path),
    }),
  );
  return fail(invalid(shown, problems.toSorted(byPlace)));
}

interface ReadConfig {
  readonly input: unknown;
  placeOf(path: Path): Place;
}

async function readJson(file: string, shown: string): Promise<Result<ReadConfig>> {
  try {
    const { value, placeOf } = parseJsonWithPlaces(await readFile(file, 'utf8'));
    return ok({ input: value, placeOf: (path) => ({ file: shown, ...placeOf(path) }) });
  } catch (error) {
    if (!(error instanceof JsonError)) return fail(failure('config-invalid', `${shown} can’t be read: ${String(error)}`, { place: { file: shown } }));
    return fail(
      invalid(shown, [failure('config-invalid', `not valid JSON: ${error.message}`, { cure: 'Correct the JSON.', place: { file: shown, ...error.place } })]),
    );
  }
}

async function readModule(file: string, shown: string): Promise<Result<ReadConfig>> {
  const imported = await importConfig(file);
  if (imported.ok) return ok({ input: imported.value, placeOf: () => ({ file: shown }) });
  const { message, line } = imported;
  return fail(
    invalid(shown, [failure('config-invalid', message, { cure: 'Correct the file.', place: { file: shown, ...(line === undefined ? {} : { line }) } })]),
  );
}

function byPlace(left: Failure, right: Failure): number {
  return (left.place?.line ?? 0) - (right.place?.line ?? 0) || (left.place?.column ?? 0) - (right.place?.column ?? 0);
}

function invalid(file: string, problems: readonly Failure[]): Failure {
  return failure('config-invalid', `${file} has ${problems.length === 1 ? 'an error' : `${problems.length} errors`}`, { place: { file }, problems });
}
