import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
import { resetClone } from '../src/rehearsal/load/reset-clone.ts';
import { canMount, Disk } from '../test/support/disks.ts';
import { openContext } from '../test/support/with-context.ts';
import { makeBenchFolder } from './support/bench-folder.ts';
import { markdownTable } from './support/markdown-table.ts';
import { median } from './support/measure.ts';

/**
 * How long a reset takes until the first query is answered, for each way of making clones and two sizes of database, and how long
 * Postgres's own `create database … template` takes for the same.
 *
 * `node bench/reset.ts [--sizes 100,5000] [--runs 5] [--ways overlay,reflink,copy,template] [--disks btrfs,xfs] [--folder /var/tmp] [--write bench/results/reset.md]`; sizes in MB. btrfs and XFS are files with a
 * loop device, so that root is needed for them; an ordinary user gets the ways that he has.
 */
const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100,5000' },
    runs: { type: 'string', default: '5' },
    ways: { type: 'string', default: 'overlay,reflink,copy,template' },
    disks: { type: 'string', default: 'btrfs,xfs' },
    folder: { type: 'string', default: '/var/tmp' },
    write: { type: 'string' },
  },
});
const sizes = values.sizes.split(',').map(Number);
const runs = Number(values.runs);
const ways = values.ways.split(',');
const disks = values.disks.split(',');
const isRoot = process.getuid?.() === 0;

interface SizedImage {
  readonly image: MadeImage;
  readonly sizeMb: number;
}

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

/** Sizes take turns: the machine is as busy for one as for the other, and what a reset leaves to be written is there for both. */
async function measureMethod(context: Context, images: readonly SizedImage[], method: CloneMethodName, where: string): Promise<readonly Measured[]> {
  const kept = { kept: true, expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
  const measured = images.map(({ sizeMb }) => ({ way: `${method}, ${where}`, sizeMb, firstQueryMs: [] as number[], largeTableMs: [] as number[] }));
  for (const { image, sizeMb } of images) unwrap(await startClone(context, image, { label: `bench-${sizeMb}`, method, ...kept }));
  // The first one warms up: its figures aren't counted.
  for (let run = 0; run <= runs; run++) {
    for (const { sizeMb, firstQueryMs, largeTableMs } of run % 2 === 0 ? measured : measured.toReversed()) {
      const startedAt = performance.now();
      const { clone, settled } = unwrap(await resetClone(context, `bench-${sizeMb}`));
      await query(context, clone.admin, 'select 1');
      const answeredAt = performance.now();
      // What is measured next must not wait for the disk because of the old clone's removal.
      unwrap(await settled);
      const readAt = performance.now();
      await query(context, clone.admin, readLarge);
      const endedAt = performance.now();
      // Nor because of what reading the table has copied: `sync` is nobody's reset.
      execFileSync('sync');
      if (run === 0) continue;
      firstQueryMs.push(answeredAt - startedAt);
      largeTableMs.push(endedAt - readAt);
    }
  }
  for (const { sizeMb } of images) unwrap(await dropClone(context, `bench-${sizeMb}`));
  return measured;
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
  const images: SizedImage[] = [];
  try {
    for (const sizeMb of sizes) images.push({ image: await makeData(context, sizeMb), sizeMb });
    for (const method of methods.filter((each) => ways.some((way) => each.startsWith(way))))
      measured.push(...(await measureMethod(context, images, method, where)));
    if (ways.includes('template')) for (const { image, sizeMb } of images) measured.push(await measureTemplate(context, image, sizeMb, where));
  } finally {
    for (const { image } of images) unwrap(await removeImage(context, image));
  }
  return measured;
}

/** A file system in a file, where this machine can have one, for as long as it is measured. */
async function measureOn(type: 'btrfs' | 'xfs'): Promise<readonly Measured[]> {
  if (!canMount(type) || !disks.includes(type)) return [];
  using disk = new Disk(type, sizes.reduce((sum, sizeMb) => sum + sizeMb, 0) * 5 + 4096);
  return await measureHere(disk.folder, type, ['overlay', 'reflink', 'copy']);
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
The sizes take turns. From the call until \`select 1\` is answered; then, with the old clone's files removed, until one row of the large table is read by its key.

${markdownTable(headings, rows)}

An overlay copies a file (a segment of at most 1 GB) when the server first opens it, be it to read, since Postgres opens every file for writing: on ext4
its blocks are copied then, on btrfs and XFS they are shared.
`;
}

await using folder = makeBenchFolder(values.folder);
const root = folder.path;
const home = join(root, 'home');
mkdirSync(home);
const here = execFileSync('stat', ['-f', '-c', '%T', root], { encoding: 'utf8' }).trim();
const overlay = isRoot ? 'overlay' : 'overlay-rootless';
const plain = await measureHere(home, here, [overlay, 'copy']);
const text = report([...plain, ...(await measureOn('btrfs')), ...(await measureOn('xfs'))]);
process.stdout.write(text);
if (values.write !== undefined) writeFileSync(values.write, text);
