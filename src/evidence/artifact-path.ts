import { basename, dirname, join, sep } from 'node:path';

/** Files of the run folder that aren't artifacts. */
export const journalFile = 'journal.jsonl';
export const manifestFile = 'manifest.json';
/** A signature stands beside what it signs: no manifest can hold its own. */
export const signatureFiles = { ssh: `${manifestFile}.sig`, minisign: `${manifestFile}.minisig` } as const;

const ownFiles: ReadonlySet<string> = new Set([journalFile, manifestFile, ...Object.values(signatureFiles)]);

/**
 * Whether a path may name an artifact: relative, inside the run folder, forward slashes, and only characters that every file system
 * and shell takes as they are. No part starts with a dot or a dash.
 */
export function isArtifactPath(path: string): boolean {
  if (path.length > 200 || ownFiles.has(path)) return false;
  return path.split('/').every((part) => /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(part));
}

/**
 * Makes a file name of any text, such as an object's name; the same text always gives the same name.
 *
 * @example artifactName('public."My Table"') // 'public._My_Table_'
 */
export function artifactName(text: string): string {
  const name = text.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 80);
  return /^[A-Za-z0-9_]/.test(name) ? name : `_${name}`;
}

/** The file of an artifact in its run folder. */
export function artifactFile(runFolder: string, path: string): { readonly file: string; readonly folder: string; readonly name: string } {
  const file = join(runFolder, path.split('/').join(sep));
  return { file, folder: dirname(file), name: basename(file) };
}
