import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../../core/failure.ts';
import type { MigrationFile } from '../../migration-file.ts';
import { decodePython } from '../python/decode-python.ts';
import { readBindings } from '../python/read-bindings.ts';
import { type LogicalLine, scanPython } from '../python/scan-python.ts';
import { refuseFile } from '../refuse-file.ts';

/** An app of the repo that has migrations. */
export interface DjangoApp {
  readonly label: string;
  readonly files: readonly MigrationFile[];
}

export interface DjangoProject {
  readonly apps: readonly DjangoApp[];
  /** Of AUTH_USER_MODEL; undefined where the settings say it in a way that only Python can follow. */
  readonly userApp: string | undefined;
  readonly problems: readonly Failure[];
}

const skipped = new Set(['node_modules', 'site-packages', 'dist-packages', '__pycache__', 'venv', 'env', 'dist', 'build', 'staticfiles', 'media']);
const deepest = 8;

/**
 * Looks for packages named `migrations`, which belong to the app around them. An app is called like its folder, unless its `apps.py` says `label`.
 * Which apps are installed is not read: settings are programs.
 *
 * @param projectFolder absolute; files are named relative to it
 * @param folder below it, where to look
 */
export async function findApps(projectFolder: string, folder: string): Promise<DjangoProject> {
  const apps: DjangoApp[] = [];
  const problems: Failure[] = [];
  const userModels = new Set<string | undefined>();
  const walk = async (inside: string, depth: number): Promise<void> => {
    const entries = await readdir(join(projectFolder, inside), { withFileTypes: true }).catch((): Dirent[] => []);
    const files = new Set(entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name));
    const isEnvironment = files.has('pyvenv.cfg');
    if (isEnvironment) return;
    if (baseName(inside) === 'migrations' && files.has('__init__.py')) {
      const label = await labelOf(projectFolder, parentOf(inside));
      const read = await readFiles(projectFolder, inside, [...files].toSorted());
      problems.push(...read.problems);
      if (typeof label !== 'string') problems.push(label);
      else if (read.files.length > 0) apps.push({ label, files: read.files });
      return;
    }
    for (const name of files) {
      if (name === 'settings.py' || (baseName(inside) === 'settings' && name.endsWith('.py'))) {
        for (const found of await userModelsOf(join(projectFolder, inside, name))) userModels.add(found);
      }
    }
    for (const entry of entries.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
      if (!entry.isDirectory() || entry.name.startsWith('.') || skipped.has(entry.name) || depth >= deepest) continue;
      await walk(inside === '' ? entry.name : `${inside}/${entry.name}`, depth + 1);
    }
  };
  await walk(folder === '.' ? '' : folder.replace(/^\.\/|\/$/g, ''), 0);
  const [model = 'auth.User', ...others] = userModels;
  const known = !userModels.has(undefined) && others.length === 0;
  return { apps, userApp: known ? model.split('.')[0] : undefined, problems };
}

async function readFiles(
  projectFolder: string,
  folder: string,
  names: readonly string[],
): Promise<{ readonly files: readonly MigrationFile[]; readonly problems: readonly Failure[] }> {
  const files: MigrationFile[] = [];
  const problems: Failure[] = [];
  for (const name of names) {
    // What Python's import takes for a module, and Django for a migration.
    if (!/^[^_~.][^.]*\.py$/.test(name)) continue;
    const file = `${folder}/${name}`;
    const bytes = await readFile(join(projectFolder, file)).catch((error: NodeJS.ErrnoException) => error.message);
    const text = typeof bytes === 'string' ? undefined : decodePython(bytes);
    if (typeof bytes === 'string')
      problems.push(refuseFile({ file }, `can’t be read: ${bytes}`, 'Give yourself the right to read it, or remove a link that leads nowhere.'));
    else if (text === undefined) problems.push(refuseFile({ file }, 'is not text in the encoding that it names, or in UTF-8', 'Save the file as UTF-8.'));
    else files.push({ path: name, file, text, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  return { files, problems };
}

/** The app's label: its folder's name, or what the one class of its apps.py says. */
async function labelOf(projectFolder: string, folder: string): Promise<string | Failure> {
  const usual = baseName(folder);
  const file = folder === '' ? 'apps.py' : `${folder}/apps.py`;
  const lines = await linesOf(join(projectFolder, file));
  if (lines === undefined) return usual;
  const classes = lines.flatMap((line, at) => (line.indent === 0 && line.tokens[0]?.text === 'class' ? [at] : []));
  const labels = new Set<string | undefined>();
  for (const at of classes) {
    const rest = lines.slice(at + 1);
    const end = rest.findIndex(({ indent }) => indent === 0);
    const body = rest.slice(0, end === -1 ? undefined : end);
    const found = readBindings(body, new Set(['label']), body[0]?.indent ?? 0).get('label');
    if (found !== undefined) labels.add(typeof found.literal === 'string' ? found.literal : undefined);
  }
  const [label, ...others] = labels;
  if (labels.size === 0) return usual;
  return label !== undefined && others.length === 0 ? label : refuseFile({ file }, 'doesn’t say literally what its app is called', 'Write label = "…" once.');
}

async function userModelsOf(file: string): Promise<readonly (string | undefined)[]> {
  const lines = await linesOf(file);
  if (lines === undefined) return [];
  const found = readBindings(
    // A star import of other settings is followed by looking at those too.
    lines.filter(({ tokens }) => !(tokens[0]?.text === 'from' && tokens.at(-1)?.text === '*')),
    new Set(['AUTH_USER_MODEL']),
  ).get('AUTH_USER_MODEL');
  return found === undefined ? [] : [typeof found.literal === 'string' ? found.literal : undefined];
}

async function linesOf(file: string): Promise<readonly LogicalLine[] | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  const text = bytes === undefined ? undefined : decodePython(bytes);
  const lines = text === undefined ? undefined : scanPython(text);
  return lines === undefined || 'problem' in lines ? undefined : lines;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}
