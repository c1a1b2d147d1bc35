/**
 * How long a copy takes, against pg_dump + pg_restore and pgcopydb: `node bench/copy.ts --data pgbench|mixed`. Everybody copies from the same
 * server into the same other one, both PostgreSQL 15 with the same settings, in turn, and the medians are compared.
 *
 * --quick: a tenth of the size, 3 runs. --runs N, --jobs N, --scale X, --only ours|peers. The table of a full-size run goes to bench/results/.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeBenchFolder } from './support/bench-folder.ts';
import { sql, startBenchServer } from './support/bench-server.ts';
import { contenders, ourCopy, versions } from './support/contenders.ts';
import { type DataSetName, dataSets, makeSource } from './support/data-sets.ts';
import { markdownTable, showMegabytes } from './support/markdown-table.ts';
import { type Measured, measure, median } from './support/measure.ts';
import { resultsFolder } from './support/results-folder.ts';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: 'pgbench' },
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    scale: { type: 'string' },
    only: { type: 'string' },
    'no-clone': { type: 'boolean', default: false },
  },
});
if (!(options.data in dataSets)) throw new Error(`--data is one of ${Object.keys(dataSets).join(', ')}`);
const data = options.data as DataSetName;
const scale = Number(options.scale ?? (options.quick ? 0.1 : 1));
const runs = Number(options.runs ?? (options.quick ? 3 : 5));
const jobs = Number(options.jobs);

// Measured is what people install.
execFileSync('npm', ['run', '--silent', 'build'], { cwd: join(import.meta.dirname, '..'), stdio: 'inherit' });
await using folder = makeBenchFolder();
const root = folder.path;
mkdirSync(join(root, 'home'), { mode: 0o755 });
await using source = await startBenchServer(join(root, 'source'));
await using target = await startBenchServer(join(root, 'target'));
process.stderr.write(`making the data (${data}, scale ${scale})\n`);
const { bytes, tables } = makeSource(source, data, scale);
const chosen = contenders.filter(({ name }) => options.only === undefined || (options.only === 'ours') === (name === 'pgrehearse'));
const results = new Map<string, Measured[]>();
const keep = (name: string, run: number, measured: Measured) => {
  results.set(name, [...(results.get(name) ?? []), measured]);
  process.stderr.write(
    `run ${run}: ${name} ${measured.seconds.toFixed(2)} s, CPU ${measured.cpuSeconds.toFixed(2)} s\n${options.only === undefined ? '' : measured.output}`,
  );
};
for (let run = 1; run <= runs; run++) {
  for (const contender of chosen) {
    const folder = join(root, 'work');
    mkdirSync(folder);
    sql(target.url('postgres'), 'drop database if exists target with (force)');
    sql(target.url('postgres'), 'create database target template template0');
    sql(target.url('postgres'), 'checkpoint');
    const commands = contender.commands(source.url('source'), target.url('target'), folder, jobs);
    const measured = await measure(commands, [source.pid, target.pid]);
    keep(contender.name, run, measured);
    rmSync(folder, { recursive: true });
    if (run === 1) sameRows(source.url('source'), target.url('target'), contender.name);
  }
  if (options['no-clone']) continue;
  const env = { ...process.env, PGREHEARSE_HOME: join(root, 'home') };
  keep('pgrehearse, to a running clone', run, await measure([ourCopy('clone', source.url('source'), '-', jobs)], [source.pid], env));
}
const report = describe(results, bytes, tables);
process.stdout.write(`${report}\n`);
// Only the full size is a figure to keep.
if (scale === 1 && options.only === undefined) writeFileSync(join(resultsFolder(), `copy-${data}.md`), `${report}\n`);

function describe(measured: ReadonlyMap<string, readonly Measured[]>, bytes: number, tables: number): string {
  const seconds = (name: string) => median((measured.get(name) ?? []).map((run) => run.seconds));
  const of = (name: string, base: string) => (measured.has(base) ? (seconds(name) / seconds(base)).toFixed(2) : '');
  const rows = [...measured].map(([name, all]) => [
    name,
    seconds(name).toFixed(2),
    all.map((run) => run.seconds.toFixed(2)).join(' '),
    of(name, 'pg_dump + pg_restore'),
    of(name, 'pgcopydb clone'),
    median(all.map((run) => run.cpuSeconds)).toFixed(1),
    showMegabytes(Math.max(...all.map((run) => run.ownPeakBytes))),
  ]);
  const head = ['', 'median s', 'runs', '× pg_dump', '× pgcopydb', 'CPU s', 'own peak memory'];
  return [
    `# Copying ${data}: ${showMegabytes(bytes)}, ${tables} tables`,
    '',
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${showMegabytes(totalmem())} of memory, ${jobs} jobs, ${runs} runs in turn.`,
    `${versions().join(', ')}.`,
    'Source and target have the same settings, without durability. CPU: programs and both servers (of the clone’s own server not).',
    '',
    markdownTable(head, rows),
  ].join('\n');
}

/** A copy that is not one must not win. */
function sameRows(source: string, target: string, name: string): void {
  const tables = sql(
    source,
    "select format('%I.%I', nspname, relname) from pg_class c join pg_namespace n on n.oid = relnamespace where relkind = 'r' and nspname = 'public' order by 1",
  );
  const count = tables
    .split('\n')
    .map((table) => `select '${table}', count(*) from ${table}`)
    .join(' union all ')
    .concat(' order by 1');
  const objects =
    "select count(*) from pg_index where indisvalid; select count(*) from pg_constraint where convalidated; select count(*) from pg_class where relkind = 'S'";
  for (const query of [count, objects]) if (sql(source, query) !== sql(target, query)) throw new Error(`${name} did not copy everything`);
}
