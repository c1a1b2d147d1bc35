import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DumpOptions, type WrittenDump, writeDump } from '../../src/copy/dump/write-dump.ts';
import { type DumpManifest, manifestText } from '../../src/core/dump-manifest.ts';
import type { LiveSource } from '../../src/core/open-source.ts';
import type { Context } from '../../src/core/ports.ts';
import type { Address } from '../../src/core/server.ts';
import { openUrl } from '../../src/source/url.ts';

/** A test database as a source; may be a primary. */
export async function openTestSource(context: Context, { user, host, port, database }: Address): Promise<LiveSource> {
  const opened = await openUrl(context, { url: `postgres://${user}@${host}:${port}/${encodeURIComponent(database)}`, allowPrimary: true });
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

/** Writes a dump of a test database. */
export async function dumpOf(context: Context, address: Address, folder: string, options: DumpOptions = {}): Promise<WrittenDump> {
  await using source = await openTestSource(context, address);
  const written = await writeDump(context, source, folder, options);
  if (!written.ok) throw new Error(written.failure.message);
  return written.value;
}

const psql = '/usr/lib/postgresql/15/bin/psql';

/** Runs a script of a dump folder with Debian's psql, as its header says. `PATH` of `env` comes before the usual one. */
export function psqlIn(folder: string, { host, port, user, database }: Address, file: string, env: Readonly<Record<string, string>> = {}) {
  const args = ['-X', '-v', 'ON_ERROR_STOP=1', '-h', host, '-p', `${port}`, '-U', user, '-d', database, '-f', file];
  return spawnSync(psql, args, { encoding: 'utf8', cwd: folder, env: { ...process.env, ...env, PATH: [env.PATH, process.env.PATH].join(':') } });
}

/** Alters the manifest of a dump and gives it a checksum that fits: as somebody would who wants to be believed. */
export function alterManifest(folder: string, alter: (manifest: DumpManifest) => DumpManifest): void {
  const path = join(folder, 'manifest.json');
  const altered = alter(JSON.parse(readFileSync(path, 'utf8')) as DumpManifest);
  const sha256 = createHash('sha256').update(manifestText(altered)).digest('hex');
  writeFileSync(path, JSON.stringify({ ...altered, sha256 }));
}
