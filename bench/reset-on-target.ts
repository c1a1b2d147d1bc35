import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listTargetImages } from '../src/cluster/external/target-image.ts';
import { dropClone } from '../src/cluster/kept-clones.ts';
import { removeImage } from '../src/cluster/remove-image.ts';
import { settingsSchema } from '../src/config/schema.ts';
import type { Context } from '../src/core/ports.ts';
import { loadClone } from '../src/rehearsal/load/load-clone.ts';
import { resetClone } from '../src/rehearsal/load/reset-clone.ts';
import { dumpOf } from '../test/support/dump-of.ts';
import { unwrap } from '../test/support/unwrap.ts';
import { openContext } from '../test/support/with-context.ts';
import { makeBenchFolder } from './support/bench-folder.ts';
import { type BenchServer, binFolder, sql, startBenchServer } from './support/bench-server.ts';
import { dataSets } from './support/data-sets.ts';
import { markdownTable } from './support/markdown-table.ts';
import { median } from './support/measure.ts';

/**
 * How long a clone on an existing server takes until its first query is answered: loaded from a dump folder, reset from its template, and what a team does
 * without us, `pg_restore -j2` of the same database into a new one, or `create database … template` by way of the WAL.
 *
 * `node bench/reset-on-target.ts [--scale 0.25] [--runs 5] [--folder /var/tmp] [--write bench/results/reset-on-target.md]`; scale 1 is 2 GB in 300 tables.
 */
const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '0.25' },
    runs: { type: 'string', default: '5' },
    folder: { type: 'string', default: '/var/tmp' },
    write: { type: 'string' },
  },
});
const runs = Number(values.runs);

/** Seconds until the work is done and a first query on the database is answered. */
async function timed(work: () => Promise<string>): Promise<number> {
  const startedAt = performance.now();
  const url = await work();
  sql(url, 'select 1');
  return (performance.now() - startedAt) / 1000;
}

function run(command: string, args: readonly string[]): void {
  const ran = spawnSync(join(binFolder, command), args, { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`${command}: ${ran.stderr}`);
}

/** All ways in turns, so that a busy minute of the machine is everybody's. */
async function measureAll(context: Context, source: BenchServer, target: BenchServer, root: string): Promise<ReadonlyMap<string, readonly number[]>> {
  const archive = join(root, 'archive');
  run('pg_dump', ['-Fd', '-j2', '-f', archive, '-d', source.url('source')]);
  const { folder: dump } = await dumpOf(
    context,
    { host: '127.0.0.1', port: source.port, database: 'source', user: 'postgres', tls: 'disable' },
    join(root, 'dump'),
  );
  const settings = settingsSchema.parse({
    source: { dump: 'dump' },
    target: { url: target.url('postgres') },
    migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', role: 'postgres' },
    baseline: { mode: 'init-then-migrations' },
  });
  const load = async (name: string) => unwrap(await loadClone(context, { settings, folder: root, dump, name, fresh: true })).clone;
  const kept = await load('kept');
  const [image] = await listTargetImages(context);
  const ways: Readonly<Record<string, () => Promise<string>>> = {
    'pg_restore -j2 into a new database': async () => {
      sql(target.url('postgres'), 'drop database if exists restored with (force)');
      sql(target.url('postgres'), 'create database restored');
      run('pg_restore', ['-j2', '-d', target.url('restored'), archive]);
      return target.url('restored');
    },
    'pgrehearse load --fresh': async () => target.url((await load('again')).admin.database),
    'create database … template, by way of the WAL': async () => {
      sql(target.url('postgres'), 'drop database if exists copied with (force)');
      sql(target.url('postgres'), `create database copied template ${image?.image.database} strategy wal_log`);
      return target.url('copied');
    },
    'pgrehearse reset': async () => target.url(unwrap(await resetClone(context, 'kept')).clone.admin.database),
  };
  const seconds = new Map(Object.keys(ways).map((way) => [way, [] as number[]]));
  // The first round warms up.
  for (let round = 0; round <= runs; round++) {
    for (const [way, work] of Object.entries(ways)) {
      sql(target.url('postgres'), 'checkpoint');
      const took = await timed(work);
      process.stderr.write(`${way}: ${took.toFixed(2)} s\n`);
      if (round > 0) seconds.get(way)?.push(took);
      if (way.includes('--fresh')) await dropWithImage(context, 'again');
    }
  }
  unwrap(await dropClone(context, kept.id));
  return seconds;
}

async function dropWithImage(context: Context, name: string): Promise<void> {
  unwrap(await dropClone(context, name));
  for (const { image } of await listTargetImages(context)) if (image.label === `image of ${name}`) unwrap(await removeImage(context, image));
}

function report(seconds: ReadonlyMap<string, readonly number[]>, bytes: string): string {
  const restored = median(seconds.get('pg_restore -j2 into a new database') ?? []);
  const rows = [...seconds].map(([way, each]) => [
    way,
    median(each).toFixed(2),
    each.map((one) => one.toFixed(2)).join(' '),
    (median(each) / restored).toFixed(2),
  ]);
  const cpu = /^model name\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown';
  return `# A clone on an existing server, to its first query

Made by \`node bench/reset-on-target.ts --scale ${values.scale} --runs ${runs}\`, PostgreSQL 15 (Debian), ${process.platform}, ${cpu}, ${new Date().toISOString().slice(0, 10)}.
A mixed database of ${bytes} in 300 tables; the ways take turns. The target runs without fsync, as a team's throwaway server may.

${markdownTable(['way', 'median s', 'runs', 'of pg_restore'], rows)}
`;
}

await using folder = makeBenchFolder(values.folder);
const root = folder.path;
const home = join(root, 'home');
mkdirSync(home);
await using source = await startBenchServer(join(root, 'source'));
await using target = await startBenchServer(join(root, 'target'));
sql(source.url('postgres'), 'create database source');
dataSets.mixed(source, Number(values.scale));
const bytes = sql(source.url('source'), 'select pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(pg_catalog.current_database()))');
const context = await openContext(home);
const text = report(await measureAll(context, source, target, root), bytes);
process.stdout.write(text);
if (values.write !== undefined) writeFileSync(values.write, text);
