import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { iniValue, readIni } from '../python/read-ini.ts';
import { readToml, type TomlValue } from '../toml/read-toml.ts';

/** Where Alembic's own configuration says that revisions are. */
export interface AlembicConfig {
  /** The file that says so, relative to the project. */
  readonly file: string;
  /** Absolute paths, in Alembic's order. Absent: the file doesn't say, or in a way that only Python could follow (`because`). */
  readonly folders?: readonly string[];
  readonly because?: string;
  /** Folders below are read too. */
  readonly recursive: boolean;
  /** Revisions may be there compiled only. */
  readonly sourceless: boolean;
}

/** How Alembic is started. */
export interface AlembicStart {
  /** Absolute: what relative paths in its configuration are relative to. */
  readonly workingFolder: string;
  readonly program: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Reads `alembic.ini`, or the file that `-c` or ALEMBIC_CONFIG names, and `[tool.alembic]` of the pyproject.toml beside it, which newer versions ask for what the ini
 * file leaves out. Undefined where there is neither.
 *
 * @param projectFolder absolute
 */
export async function readAlembicConfig(projectFolder: string, start: AlembicStart): Promise<AlembicConfig | undefined> {
  const options = optionsOf(start);
  const iniFile = resolve(start.workingFolder, options.config);
  const tomlFile = resolve(start.workingFolder, 'pyproject.toml');
  const ini = await textOf(iniFile);
  const section = tomlOf((await textOf(tomlFile)) ?? '');
  const toml = typeof section === 'string' ? undefined : section;
  if (ini === undefined && section === undefined) return undefined;
  const given = { here: dirname(iniFile) };
  const file = (ini === undefined ? tomlFile : iniFile).slice(projectFolder.length + 1);
  const read = readIni(ini ?? '');
  let because = typeof section === 'string' ? `pyproject.toml: ${section}` : undefined;
  const text = (key: string): string | readonly string[] | undefined => {
    const value = iniValue(read, options.section, key, given);
    if (typeof value === 'object') because = `${key} holds %(${value.unresolved})s, which the file doesn’t explain`;
    return typeof value === 'object' ? undefined : (value ?? tomlText(toml?.get(key)));
  };
  const flag = (key: string) => text(key) === 'true';
  const found = foldersOf(text, start.workingFolder);
  return {
    file,
    ...(because === undefined && Array.isArray(found) && { folders: found }),
    ...(because !== undefined ? { because } : typeof found === 'string' && { because: found }),
    recursive: flag('recursive_version_locations'),
    sourceless: flag('sourceless'),
  };
}

/** The folders, or why they aren't known. */
function foldersOf(text: (key: string) => string | readonly string[] | undefined, workingFolder: string): readonly string[] | string {
  const location = text('script_location');
  const listed = text('version_locations');
  const separator = text('path_separator') ?? text('version_path_separator');
  const folders = typeof listed === 'string' ? splitPaths(listed, typeof separator === 'string' ? separator : undefined) : listed;
  if (folders === undefined || folders.length === 0) {
    if (typeof location !== 'string' || location === '') return 'it says no script_location';
    return pathsOf([location], workingFolder, 'versions');
  }
  return pathsOf(folders, workingFolder);
}

function pathsOf(folders: readonly string[], workingFolder: string, below = ''): readonly string[] | string {
  const inPackage = folders.find((folder) => folder.includes(':') && !isAbsolute(folder));
  if (inPackage !== undefined) return `${inPackage} is a place inside of a Python package`;
  return folders.map((folder) => resolve(workingFolder, folder, below));
}

function splitPaths(list: string, separator: string | undefined): readonly string[] {
  const by: Readonly<Record<string, RegExp>> = { space: / /, newline: /\n/, os: /:/, ':': /:/, ';': /;/ };
  const pattern = separator === undefined ? /,\s*|\s+/ : (by[separator] ?? /\s+/);
  return list
    .split(pattern)
    .map((path) => path.trim())
    .filter((path) => path !== '');
}

/** `-c FILE` and `-n SECTION` of the program, and ALEMBIC_CONFIG. Only what follows the word alembic is its own: `python -c` means something else. */
function optionsOf({ program, env }: AlembicStart): { readonly config: string; readonly section: string } {
  const own = program.slice(program.findLastIndex((word) => /(^|[/\\])alembic(\.exe)?$/.test(word)) + 1);
  const mine = own.length === program.length ? [] : own;
  const option = (short: string, long: string) => {
    const at = mine.findIndex((word) => word === short || word === long);
    const joined = mine.find((word) => word.startsWith(`${long}=`) || (word.startsWith(short) && word.length > 2 && !word.startsWith('--')));
    return (at === -1 ? undefined : mine[at + 1]) ?? joined?.slice(joined.startsWith('--') ? long.length + 1 : 2);
  };
  return { config: option('-c', '--config') ?? env.ALEMBIC_CONFIG ?? 'alembic.ini', section: option('-n', '--name') ?? 'alembic' };
}

/** The section, or why it can't be read. */
function tomlOf(text: string): ReadonlyMap<string, TomlValue> | undefined | string {
  try {
    return tomlSection(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return error.message;
  }
}

function tomlText(value: TomlValue | undefined): string | readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object') return filledIn(String(value));
  return value.filter((item) => typeof item === 'string').map(filledIn);
}

/** `[tool.alembic]` of a pyproject.toml, the rest of which may hold anything. */
function tomlSection(text: string): ReadonlyMap<string, TomlValue> | undefined {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => /^\s*\[\s*tool\.alembic\s*\]/.test(line));
  if (start === -1) return undefined;
  const rest = lines.slice(start + 1);
  const next = rest.findIndex((line) => /^\s*\[{1,2}[\w\s."'-]+\]{1,2}\s*(#.*)?$/.test(line) && !/^\s*\[\s*["']/.test(line));
  return readToml(rest.slice(0, next === -1 ? undefined : next).join('\n'));
}

/** pyproject.toml knows `%(here)s` only, its own folder, which is also the working folder. */
function filledIn(value: string): string {
  return value.replaceAll('%(here)s', '.').replaceAll('%%', '%');
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Joined as a person writes them. */
export function inProject(projectFolder: string, folder: string): string {
  return folder.startsWith(`${projectFolder}/`) ? folder.slice(projectFolder.length + 1) : join(folder);
}
