import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who runs test servers: Postgres refuses root. */
export const serverIds: { uid?: number; gid?: number } = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

export const serverEnv = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };

/** The folder of an embedded server that every user can reach: made once in a run of the tests, else in `root`. */
export function testBinaries(major: number, root: string): string {
  const made = fromSetup(`native${major}`);
  if (made !== undefined) return made;
  const origin = join(import.meta.dirname, `../../node_modules/pg${major}-${process.platform}-${process.arch}`);
  // Under a private home, another uid can't reach node_modules: work from a copy.
  const native = join(root, `native${major}`);
  if (existsSync(native)) return native;
  cpSync(join(origin, 'native'), native, { recursive: true, verbatimSymlinks: true });
  if (!existsSync(join(native, 'pg-symlinks.json'))) throw new Error(`no embedded server in ${origin}`);
  for (const { source, target } of JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]) {
    const link = join(root, target.replace('native/', `native${major}/`));
    const points = join(root, source.replace('native/', `native${major}/`));
    if (!existsSync(link)) symlinkSync(points, link);
  }
  return native;
}

/** An empty data folder, superuser postgres by trust: a copy of the one that was made when the tests began, with an identity of its own. */
export function makeEmptyCluster(major: number, data: string, root: string): void {
  const template = fromSetup(`empty${major}`);
  if (template === undefined) initialize(major, data, root);
  else {
    // Far quicker than node's own way for a thousand files.
    const copied = spawnSync('cp', ['-R', '-p', template, data]);
    if (copied.status !== 0) throw new Error(`cp: ${copied.stderr}`);
    renewIdentity(data);
  }
}

/** What further servers of this run are copies of. */
export function makeClusterTemplate(major: number, root: string): void {
  initialize(major, join(root, `empty${major}`), root);
}

function fromSetup(name: string): string | undefined {
  const root = process.env.PGREHEARSE_TESTS;
  return root !== undefined && existsSync(join(root, name)) ? join(root, name) : undefined;
}

function initialize(major: number, data: string, root: string): void {
  mkdirSync(data, { mode: 0o700 });
  if (serverIds.uid !== undefined && serverIds.gid !== undefined) chownSync(data, serverIds.uid, serverIds.gid);
  const args = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const made = spawnSync(join(testBinaries(major, root), 'bin/initdb'), args, { ...serverIds, env: serverEnv, cwd: root });
  if (made.status !== 0) throw new Error(`initdb ${major}: ${made.stderr}`);
}

/** The system identifier begins pg_control, whose checksum stands behind its fields, and is in the first page of the write-ahead log, which has none. */
function renewIdentity(data: string): void {
  const path = join(data, 'global/pg_control');
  const control = readFileSync(path);
  const checksumAt = Array.from({ length: 128 }, (_, word) => 4 * word + 64).find((at) => crc32c(control.subarray(0, at)) === control.readUInt32LE(at));
  const segments = readdirSync(join(data, 'pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name));
  const [segment] = segments;
  if (checksumAt === undefined || segment === undefined || segments.length > 1) throw new Error(`${data} is not as initdb leaves it`);
  randomFillSync(control, 0, 7);
  control.writeUInt32LE(crc32c(control.subarray(0, checksumAt)), checksumAt);
  writeFileSync(path, control);
  const log = readFileSync(join(data, 'pg_wal', segment));
  control.copy(log, 24, 0, 8);
  writeFileSync(join(data, 'pg_wal', segment), log);
}

/** Castagnoli's. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}
