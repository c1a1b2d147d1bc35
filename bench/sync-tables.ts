/**
 * How long `pgrehearse sync` takes for tables, against `pg_dump -a -t | psql` side by side: `npm run build && node bench/sync-tables.ts`. Everybody fills the same
 * empty tables with their indexes on another server, in turn, and the medians of whole processes are compared, start and all. Ours is the default command, compiled
 * as it is installed: it proves both sides, plans, compares every value on both sides before it commits (`counts`: rows only), looks at foreign keys, counts what
 * staging holds and seals a report; the pipe checks nothing. `one by one`: a pipe a table, the largest first. `in shares`: a pipe a job, each with its share of the
 * bytes, so that pg_dump reads the catalog once; neither asks foreign keys or triggers (session_replication_role).
 *
 * Staging's autovacuum is on, as it is everywhere but on throwaway servers: the sync leaves statistics to it, and the pipe does, too.
 *
 * --data mixed (300 tables of all sizes, most of the bytes in the ten largest: a grown application) or many (1,000 small ones); --scale X (0.2 and 1),
 * --runs N (3), --jobs N (2). The table goes to bench/results/.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeBenchFolder } from './support/bench-folder.ts';
import { binFolder, sql, startBenchServer } from './support/bench-server.ts';
import { versions } from './support/contenders.ts';
import { makeSource } from './support/data-sets.ts';
import { markdownTable, showMegabytes } from './support/markdown-table.ts';
import { type Measured, measure, median } from './support/measure.ts';
import { resultsFolder } from './support/results-folder.ts';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: 'mixed' },
    scale: { type: 'string' },
    runs: { type: 'string', default: '3' },
    jobs: { type: 'string', default: '2' },
  },
});
const jobs = Number(options.jobs);
const data = options.data === 'many' ? 'many' : 'mixed';
const usualScale = data === 'many' ? 1 : 0.2;
const scale = Number(options.scale ?? usualScale);
const load = loadavg()[0] ?? 0;
await using folder = makeBenchFolder();
const root = folder.path;
const installed = makeInstalled(join(root, 'installed'));
await using source = await startBenchServer(join(root, 'source'));
await using target = await startBenchServer(join(root, 'target'));
const { bytes, tables } = makeSource(source, data, scale);
sql(target.url('postgres'), "alter system set autovacuum = 'on'");
sql(target.url('postgres'), 'select pg_reload_conf()');
const [from, to] = [source.url('source'), target.url('target')];
sql(target.url('postgres'), 'create database empty');
run(`${join(binFolder, 'pg_dump')} -s '${from}' | ${join(binFolder, 'psql')} -q -X -v ON_ERROR_STOP=1 '${target.url('empty')}'`);
const bySize = sql(
  from,
  "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by pg_table_size(oid) desc, 1",
).split('\n');
const identifier = sql(target.url('postgres'), 'select system_identifier from pg_control_system()');
const columns = sql(
  from,
  "select format('public.%s.%s', table_name, column_name) from information_schema.columns where table_schema = 'public' order by 1",
).split('\n');
const settings = (parity: string) => ({
  source: { url: from, allowPrimary: true },
  migrate: { tool: 'alembic' },
  baseline: { mode: 'init-then-migrations' },
  masking: { columns: Object.fromEntries(columns.map((column) => [column, { keep: 'made up for this benchmark' }])) },
  sync: {
    production: { url: from, allowPrimary: true },
    staging: { url: to, identity: { database: 'target', systemIdentifier: identifier } },
    tables: { parity },
  },
});
const ours = (parity: 'content' | 'counts'): readonly string[] => {
  const config = join(root, `${parity}.config.json`);
  writeFileSync(config, JSON.stringify(settings(parity)));
  return [process.execPath, installed, 'sync', '--yes', '--jobs', String(jobs), '--config', config];
};
const contenders: Readonly<Record<string, readonly string[]>> = {
  'pg_dump to psql, in shares': shell(shares(bySize).map((share) => pipe(share, from, to))),
  'pg_dump to psql, one by one': [
    ...['sh', '-c', `printf '%s\\n' ${bySize.join(' ')} | xargs -P ${jobs} -I TABLE sh -c "${pipe(['TABLE'], from, to).replaceAll('"', '\\"')}"`],
  ],
  'pgrehearse sync': ours('content'),
  'pgrehearse sync, counts': ours('counts'),
};
const results = new Map<string, Measured[]>();
const env = { ...process.env, PGREHEARSE_HOME: join(root, 'home'), PGOPTIONS: '' };
for (let at = 0; at < Number(options.runs); at++) {
  for (const [name, command] of rotated(Object.entries(contenders), at)) {
    sql(target.url('postgres'), 'drop database if exists target with (force)');
    sql(target.url('postgres'), 'create database target template empty strategy file_copy');
    sql(target.url('postgres'), 'checkpoint');
    const measured = await measure([command], [source.pid, target.pid], env);
    results.set(name, [...(results.get(name) ?? []), measured]);
    process.stderr.write(`${name}: ${measured.seconds.toFixed(1)} s, CPU ${measured.cpuSeconds.toFixed(1)} s, ${showMegabytes(measured.ownPeakBytes)}\n`);
    sameRows(bySize, from, to, name);
  }
}
const of = (name: string, what: 'seconds' | 'cpuSeconds' | 'ownPeakBytes') => median((results.get(name) ?? []).map((one) => one[what]));
const best = Math.min(...[...results.keys()].filter((name) => name.startsWith('pg_dump')).map((name) => of(name, 'seconds')));
const rows = [...results].map(([name, all]) => [
  ...[name, of(name, 'seconds').toFixed(1), all.map(({ seconds }) => seconds.toFixed(1)).join(' ')],
  ...[(best / of(name, 'seconds')).toFixed(2), of(name, 'cpuSeconds').toFixed(1), showMegabytes(of(name, 'ownPeakBytes'))],
]);
const report = [
  `# Syncing tables: ${showMegabytes(bytes)}, ${tables} tables`,
  '',
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${jobs} jobs, ${options.runs} runs in turn, medians. ${versions().slice(0, 2).join(', ')}, node ${process.version}.`,
  `Others kept ${load.toFixed(0)} processes busy when it began. Ours compares every value before it commits (counts: only rows); the pipe compares nothing. Times are those of whole processes.`,
  '',
  markdownTable(['', 'seconds', 'runs', 'best pipe / this', 'CPU s', 'own peak memory'], rows),
].join('\n');
process.stdout.write(`${report}\n`);
if (scale >= usualScale) writeFileSync(join(resultsFolder(), `sync-tables-${data}.md`), `${report}\n`);

/** The package as it is installed: a checkout takes the types out of its own source at each start. Returns the program’s path. */
function makeInstalled(folder: string): string {
  const top = join(import.meta.dirname, '..');
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(top, part), join(folder, part), { recursive: true });
  symlinkSync(join(top, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'bin', 'pgrehearse.js');
}

/** Rows of some tables into tables that are there. */
function pipe(names: readonly string[], from: string, to: string): string {
  const dump = `${join(binFolder, 'pg_dump')} -a ${names.map((name) => `-t public.${name}`).join(' ')} '${from}'`;
  return `{ echo 'set session_replication_role = replica;'; ${dump}; } | ${join(binFolder, 'psql')} -q -X -1 -o /dev/null -v ON_ERROR_STOP=1 '${to}'`;
}

/** Side by side; ends with an error where one does. */
function shell(pipes: readonly string[]): readonly string[] {
  const started = pipes.map((one, at) => `( ${one} ) & p${at}=$!`);
  return ['sh', '-c', `${started.join('; ')}; ${pipes.map((_, at) => `wait $p${at} || exit 1`).join('; ')}`];
}

/** By turns, the largest first: shares of about as many bytes. */
function shares(names: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: jobs }, (_, share) => names.filter((__, at) => at % jobs === share));
}

function rotated<T>(all: readonly T[], by: number): readonly T[] {
  const first = by % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

function sameRows(names: readonly string[], from: string, to: string, who: string): void {
  const counts = names
    .map((name) => `select '${name}', count(*) from public.${name}`)
    .join(' union all ')
    .concat(' order by 1');
  if (sql(from, counts) !== sql(to, counts)) throw new Error(`${who} brought other rows`);
}

function run(command: string): void {
  const ran = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(ran.stderr);
}
