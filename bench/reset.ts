import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseBuild } from '../src/cluster/choose-build.ts';
import { startClone } from '../src/cluster/clone.ts';
import { type MadeImage, makeImage } from '../src/cluster/image.ts';
import { dropClone } from '../src/cluster/kept-clones.ts';
import { removeImage } from '../src/cluster/remove-image.ts';
import type { CloneMethodName } from '../src/core/clone-method-name.ts';
import type { Context } from '../src/core/ports.ts';
import { ok, type Result } from '../src/core/result.ts';
import type { Address } from '../src/core/server.ts';
import { resetClone } from '../src/rehearsal/reset-clone.ts';
import { openContext } from '../test/support/with-context.ts';
import { markdownTable } from './support/markdown-table.ts';
import { median } from './support/measure.ts';

/**
 * How long a reset takes until the first query is answered, for each way of making clones and two sizes of database, and how long
 * Postgres's own `create database … template` takes for the same.
 *
 * `node bench/reset.ts [--sizes 100,5000] [--runs 5] [--ways overlay,reflink,copy,template] [--folder /var/tmp] [--write bench/results/reset.md]`; sizes in MB. The btrfs is a file with a
 * loop device, so that root is needed for it; an ordinary user gets the ways that he has.
 */
const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100,5000' },
    runs: { type: 'string', default: '5' },
    ways: { type: 'string', default: 'overlay,reflink,copy,template' },
    folder: { type: 'string', default: '/var/tmp' },
    write: { type: 'string' },
  },
});
const sizes = values.sizes.split(',').map(Number);
const runs = Number(values.runs);
const ways = values.ways.split(',');
const isRoot = process.getuid?.() === 0;

interface Measured {
  readonly way: string;
  readonly sizeMb: number;
  /** Milliseconds, until `select 1` on the database is answered. */
  readonly firstQueryMs: readonly number[];
  /** And then until a row of the large table was read by its key. */
  readonly largeTableMs: readonly number[];
}

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

async function query(context: Context, address: Address, sql: string): Promise<void> {
  await using session = unwrap(await context.edge.postgres.connect(address));
  await session.execute(sql);
}

/** One large table with its key, one small one. A thousand bytes a row, none of them compressed. */
async function makeData(context: Context, sizeMb: number): Promise<MadeImage> {
  const build = unwrap(await chooseBuild(context, { major: 15, extensions: [], languages: [], features: [] }));
  return unwrap(
    await makeImage(context, {
      build,
      label: `${sizeMb} MB`,
      database: 'app',
      locale: { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' },
      load: async (admin) => {
        await query(
          context,
          admin,
          `create table large as select i, repeat(md5(i::text), 31) as filler from generate_series(1, ${sizeMb * 1000}) as i;
           alter table large add primary key (i); create table small as select i from generate_series(1, 100) as i; analyze`,
        );
        return ok({ dataAsOf: new Date().toISOString() });
      },
    }),
  );
}

const readLarge = 'select filler from large where i = 4711';

async function measureMethod(context: Context, image: MadeImage, sizeMb: number, method: CloneMethodName, where: string): Promise<Measured> {
  const kept = { kept: true, expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
  unwrap(await startClone(context, image, { label: 'bench', method, ...kept }));
  const firstQueryMs: number[] = [];
  const largeTableMs: number[] = [];
  // The first one warms up: its figures aren't counted.
  for (let run = 0; run <= runs; run++) {
    const startedAt = performance.now();
    const { clone, settled } = unwrap(await resetClone(context, 'bench'));
    await query(context, clone.admin, 'select 1');
    const answeredAt = performance.now();
    // What is measured next must not wait for the disk because of the old clone's removal.
    unwrap(await settled);
    const readAt = performance.now();
    await query(context, clone.admin, readLarge);
    if (run > 0) firstQueryMs.push(answeredAt - startedAt);
    if (run > 0) largeTableMs.push(performance.now() - readAt);
  }
  unwrap(await dropClone(context, 'bench'));
  return { way: `${method}, ${where}`, sizeMb, firstQueryMs, largeTableMs };
}

/** What a server of the team's own can do: the database is a template, and each reset drops its copy and makes it again. */
async function measureTemplate(context: Context, image: MadeImage, sizeMb: number, where: string): Promise<Measured> {
  await using clone = unwrap(await startClone(context, image, { label: 'template', method: 'copy' }));
  const outside = { ...clone.admin, database: 'template1' };
  const copy = { ...clone.admin, database: 'copy' };
  const firstQueryMs: number[] = [];
  const largeTableMs: number[] = [];
  for (let run = 0; run <= runs; run++) {
    await query(context, outside, 'checkpoint');
    const startedAt = performance.now();
    await query(context, outside, 'drop database if exists copy with (force)');
    await query(context, outside, 'create database copy template app strategy file_copy');
    await query(context, copy, 'select 1');
    const answeredAt = performance.now();
    await query(context, copy, readLarge);
    if (run > 0) firstQueryMs.push(answeredAt - startedAt);
    if (run > 0) largeTableMs.push(performance.now() - answeredAt);
  }
  return { way: `create database … template, ${where}`, sizeMb, firstQueryMs, largeTableMs };
}

async function measureHere(root: string, where: string, methods: readonly CloneMethodName[]): Promise<readonly Measured[]> {
  const context = await openContext(root);
  const measured: Measured[] = [];
  for (const sizeMb of sizes) {
    const image = await makeData(context, sizeMb);
    try {
      for (const method of methods.filter((each) => ways.some((way) => each.startsWith(way))))
        measured.push(await measureMethod(context, image, sizeMb, method, where));
      if (ways.includes('template')) measured.push(await measureTemplate(context, image, sizeMb, where));
    } finally {
      unwrap(await removeImage(context, image));
    }
  }
  return measured;
}

/** A btrfs in a file, for as long as the body runs. */
async function onBtrfs(root: string, use: (folder: string) => Promise<readonly Measured[]>): Promise<readonly Measured[]> {
  const file = join(root, 'btrfs');
  const mounted = join(root, 'mounted');
  writeFileSync(file, '');
  truncateSync(file, Math.max(...sizes) * 5 * 1024 ** 2 + 4 * 1024 ** 3);
  execFileSync('mkfs.btrfs', ['-q', file]);
  mkdirSync(mounted);
  execFileSync('mount', ['-o', 'loop', file, mounted]);
  try {
    return await use(mounted);
  } finally {
    execFileSync('umount', [mounted]);
    rmSync(file);
  }
}

function report(measured: readonly Measured[]): string {
  const [small = 0] = sizes;
  const large = sizes.at(-1) ?? 0;
  const rowNames = [...new Set(measured.map(({ way }) => way))];
  const seconds = (values: readonly number[]) => `${(median(values) / 1000).toFixed(2)} s`;
  const rows = rowNames.map((way) => {
    const at = (sizeMb: number) => measured.find((each) => each.way === way && each.sizeMb === sizeMb);
    const [few, many] = [at(small), at(large)];
    if (few === undefined || many === undefined) throw new Error(way);
    const ratio = median(many.firstQueryMs) / median(few.firstQueryMs);
    return [way, seconds(few.firstQueryMs), seconds(many.firstQueryMs), ratio.toFixed(2), seconds(few.largeTableMs), seconds(many.largeTableMs)];
  });
  const headings = ['way', `reset, ${small} MB`, `reset, ${large} MB`, 'ratio', `first read of the large table, ${small} MB`, `${large} MB`];
  const cpu = /^model name\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown';
  return `# Reset of a clone to the first query

Made by \`node bench/reset.ts --sizes ${values.sizes} --runs ${values.runs}\`, medians, PostgreSQL 15, ${process.platform}, ${cpu}, ${new Date().toISOString().slice(0, 10)}.
From the call until \`select 1\` is answered; then, with the old clone's files removed, until one row of the large table is read by its key.

${markdownTable(headings, rows)}

An overlay copies a file (a segment of at most 1 GB) when the server first opens it, be it to read, since Postgres opens every file for writing: on ext4
its blocks are copied then, on btrfs and XFS they are shared.
`;
}

const root = mkdtempSync(join(values.folder, 'pgr-bench-reset-'));
chmodSync(root, 0o755);
try {
  const home = join(root, 'home');
  mkdirSync(home);
  const here = execFileSync('stat', ['-f', '-c', '%T', root], { encoding: 'utf8' }).trim();
  const overlay = isRoot ? 'overlay' : 'overlay-rootless';
  const plain = await measureHere(home, here, [overlay, 'copy']);
  const shared = isRoot ? await onBtrfs(root, (folder) => measureHere(folder, 'btrfs', ['overlay', 'reflink', 'copy'])) : [];
  const text = report([...plain, ...shared]);
  process.stdout.write(text);
  if (values.write !== undefined) writeFileSync(values.write, text);
} finally {
  rmSync(root, { recursive: true, force: true });
}
