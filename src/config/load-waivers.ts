import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { type Failure, failure, type Place } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { JsonError, parseJsonWithPlaces } from './json-places.ts';
import { settingsProblems } from './settings-problems.ts';
import { showPath } from './show-path.ts';
import { type WaiverSettings, waiversSchema } from './waivers-schema.ts';

/** Where waivers are looked for unless the configuration or the command line names a file. */
export const usualWaiversFile = 'pgrehearse.waivers.json';

export interface Waiver extends WaiverSettings {
  readonly place: Place;
}

/**
 * Reads the waivers of a project: the named file, or the usual one where it is there; none otherwise.
 *
 * Fails with `waivers-invalid`, whose `problems` hold every fault with its line: what is malformed, and what stands there twice. Whether a waiver has expired
 * or matches anything is the comparison's finding, not a fault of the file.
 *
 * @param folder absolute path of the folder to which `file` is relative
 * @param shownFrom absolute path of the folder from which messages show the file; `folder` unless given
 */
export async function loadWaivers(folder: string, file: string | undefined, shownFrom: string = folder): Promise<Result<readonly Waiver[]>> {
  const path = resolve(folder, file ?? usualWaiversFile);
  const shown = relative(shownFrom, path) || path;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOENT' && file === undefined) return ok([]);
    return fail(
      failure('waivers-invalid', `The file of waivers ${shown} could not be read: ${message}`, { cure: 'Name an existing file, or none.', object: shown }),
    );
  }
  return readWaivers(text, shown);
}

/** As loadWaivers, of a text. */
export function readWaivers(text: string, shown: string): Result<readonly Waiver[]> {
  const broken = (message: string, cure: string, place: Place, object?: string): Failure =>
    failure('waivers-invalid', message, { cure, place, ...(object !== undefined && { object }) });
  let read: ReturnType<typeof parseJsonWithPlaces>;
  try {
    read = parseJsonWithPlaces(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return fail(invalid(shown, [broken(`not valid JSON: ${error.message}`, 'Correct the JSON.', { file: shown, ...error.place })]));
  }
  const placeOf = (path: readonly (string | number)[]): Place => ({ file: shown, ...read.placeOf(path) });
  const problems = settingsProblems(waiversSchema, read.value).map(({ path, message, cure }) =>
    broken(`${path.length === 0 ? 'the file' : showPath(path)} ${message}`, cure, placeOf(path), showPath(path)),
  );
  if (problems.length > 0) return fail(invalid(shown, problems));
  const { waivers } = waiversSchema.parse(read.value);
  const seen = new Map<string, number>();
  waivers.forEach((waiver, at) => {
    const key = JSON.stringify([waiver.comparison, waiver.kind, waiver.object, waiver.property, waiver.class]);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, at);
    else problems.push(broken(`waivers[${at}] says the same as waivers[${first}]`, 'Keep one of them.', placeOf(['waivers', at]), `waivers[${at}]`));
  });
  if (problems.length > 0) return fail(invalid(shown, problems));
  return ok(waivers.map((waiver, at) => ({ ...waiver, place: placeOf(['waivers', at]) })));
}

function invalid(shown: string, problems: readonly Failure[]): Failure {
  return failure('waivers-invalid', `${shown} has ${problems.length === 1 ? 'an error' : `${problems.length} errors`}`, { place: { file: shown }, problems });
}
