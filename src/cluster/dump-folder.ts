import { createHash } from 'node:crypto';
import { lstat, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DumpManifest, manifestText, type ScriptManifest } from '../core/dump-manifest.ts';

/** What proves that a folder is a dump of ours: its manifest, unaltered. */
export interface ProvenDump {
  readonly folder: string;
  /** The ledger's name for it; dumps of the first format have none. */
  readonly id?: string;
  readonly files: readonly string[];
}

/** Looks whether a folder is a dump of ours: `stranger` is anything that doesn't prove it, `gone` is nothing at all. */
export async function proveDump(folder: string): Promise<ProvenDump | 'gone' | 'stranger'> {
  const found = await lstat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (found === undefined) return 'gone';
  // A link could lead to a folder that only looks like the one that was made.
  if (!found.isDirectory()) return 'stranger';
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => '');
  try {
    const manifest = JSON.parse(text) as DumpManifest | ScriptManifest;
    if (manifest.format === 'pgrehearse-dump/1') return { folder, files: ours(manifest.files.map(({ name }) => name)) };
    if (manifest.format !== 'pgrehearse-dump/2') return 'stranger';
    if (createHash('sha256').update(manifestText(manifest)).digest('hex') !== manifest.sha256) return 'stranger';
    return { folder, id: manifest.id, files: ours(filesOf(manifest)) };
  } catch {
    return 'stranger';
  }
}

function filesOf({ scripts, tables, largeObjects, statistics, companions, encryption }: DumpManifest): readonly string[] {
  const files = [...Object.values(scripts), ...tables.flatMap((table) => table.files), ...largeObjects, ...companions].map(({ name }) => name);
  if (statistics !== undefined) files.push(statistics.file.name);
  return [...files, 'SHA256SUMS', ...(encryption?.keyFile === undefined ? [] : [encryption.keyFile])];
}

/** A manifest must not be able to name a file outside of its folder. */
function ours(names: readonly string[]): readonly string[] {
  return names.filter((name) => /^(data\/)?[\w.-]+$/.test(name) && name !== '.' && name !== '..');
}

/** What its maker leaves in it when he is killed just after it got its name. */
const makersOwn = ['pgrehearse-resource.json', 'journal.jsonl'];

/** Removes exactly the files that the dump consists of; the manifest goes last, so that a stop in between leaves what still proves whose it is. */
export async function removeDumpFiles({ folder, files }: ProvenDump): Promise<void> {
  for (const name of [...files, ...makersOwn]) await rm(join(folder, name), { force: true });
  await removeIfEmpty(join(folder, 'data'));
  await rm(join(folder, 'manifest.json'), { force: true });
  // What somebody else put there stays, and so does the folder then.
  await removeIfEmpty(folder);
}

async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error;
  });
}
