/**
 * What the gates over data cost, against `count(*)` of every table: `node bench/gates.ts`. One database of pgbench's, and its copy on the same server; both
 * are in memory. Counting and the gates run in turn, each over 2 connections, and the medians are compared. Hashing keeps 2 processes busy: its sessions, or one of
 * them and a parallel worker.
 *
 * --quick: a tenth of the size, 3 runs. --runs N, --scale X. The table of a full-size run goes to bench/results/.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readRowVolumes } from '../src/check/row-bounds/read-row-volumes.ts';
import { judgeRowParity } from '../src/check/row-parity/judge-row-parity.ts';
import { settingsSchema } from '../src/config/schema.ts';
import { countRows } from '../src/copy/parity/count-rows.ts';
import { hashColumns, hashTables } from '../src/copy/parity/hash-tables.ts';
import type { Context } from '../src/core/ports.ts';
import { ok } from '../src/core/result.ts';
import type { Address } from '../src/core/server.ts';
import { makeEdge } from '../src/edge/make-edge.ts';
import { judgeContent, readContent } from '../src/rehearsal/comparing/judge-content.ts';
import { withSession } from '../src/rehearsal/with-session.ts';
import { makeBenchFolder } from './support/bench-folder.ts';
import { binFolder, sql, startBenchServer } from './support/bench-server.ts';
import { makeSource } from './support/data-sets.ts';
import { markdownTable, showMegabytes } from './support/markdown-table.ts';
import { median } from './support/measure.ts';
import { processorMs } from './support/processor-ms.ts';
import { resultsFolder } from './support/results-folder.ts';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false }, runs: { type: 'string' }, scale: { type: 'string' } } });
const scale = Number(options.scale ?? (options.quick ? 0.1 : 1));
const runs = Number(options.runs ?? (options.quick ? 3 : 5));

const context: Context = {
  edge: makeEdge(),
  ledger: {
    plan: unneeded,
    amend: unneeded,
    takeOver: unneeded,
    forget: unneeded,
    list: unneeded,
    damaged: unneeded,
    oneAtATime: unneeded,
    sweepLock: unneeded,
  },
  home: { data: '/', state: '/', sockets: '/' },
  emit: () => {},
  signal: new AbortController().signal,
  now: () => new Date(),
};
const { data, migrate } = settingsSchema.parse({
  source: { dump: 'd' },
  migrate: { tool: 'sql-files', folder: 'm', layout: 'flat', role: 'r' },
  baseline: { mode: 'init-at-head', schema: ['h'] },
});

/** What no role of a migrator's may do, so that counters of written rows are believed. */
const role = 'pg_database_owner';
const few = `alter table pgbench_accounts rename abalance to balance; alter table pgbench_branches add note text;
  update pgbench_tellers set tbalance = tbalance + 1`;
const undo = 'alter table pgbench_accounts rename balance to abalance; alter table pgbench_branches drop note';
/** One row is enough to make a table one that has to be read again. */
const many = 'update pgbench_accounts set abalance = abalance + 1 where aid = 1';

await using folder = makeBenchFolder();
const root = folder.path;
await using server = await startBenchServer(join(root, 'server'));
process.stderr.write(`making the data (scale ${scale})\n`);
const { bytes } = makeSource(server, 'pgbench', scale);
sql(server.url('postgres'), 'create database clone template source strategy file_copy');
const at = (database: string): Address => ({ host: '127.0.0.1', port: server.port, database, user: 'postgres', tls: 'disable' });
const [source, clone] = [at('source'), at('clone')];
const load = loadavg()[0] ?? 0;
const times = new Map<string, { seconds: number; cpu: number }[]>();
const measured = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const [startedAt, cpuMs] = [performance.now(), processorMs(server.pid)];
  const result = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  // A backend's time counts once its postmaster has seen it end.
  await sleep(300);
  const cpu = (processorMs(server.pid) - cpuMs) / 1000;
  times.set(name, [...(times.get(name) ?? []), { seconds, cpu }]);
  process.stderr.write(`${name}: ${seconds.toFixed(2)} s, CPU ${cpu.toFixed(2)} s\n`);
  return result;
};
const allowWorkers = (allowed: boolean) => sql(server.url('postgres'), `alter database clone set max_parallel_workers_per_gather = ${allowed ? 2 : 0}`);

for (let run = 0; run <= runs; run++) {
  // The first one only warms up.
  if (run === 1) times.clear();
  allowWorkers(false);
  await measured('count(*), a process for each connection', () => countRows(context, clone));
  allowWorkers(true);
  const counted = await measured('count(*), with the server’s parallel workers', () => countRows(context, clone));
  const sourceHashes = await measured('parity: production', () => hashTables(context, source, { compiled: false }));
  const hashed = await measured('parity: the clone', () => hashTables(context, clone, { expected: sourceHashes }));
  const parity = judgeRowParity({ source: counted, clone: hashed, limitPercent: 0, content: { source: sourceHashes, clone: hashed }, wanted: 'content' });
  if (parity.gate.outcome !== 'passed') throw new Error(parity.gate.summary);
  for (const [name, migration, back] of [
    ['preservation: the large table renames a column', few, undo],
    ['preservation: the large table is written to', many, ''],
  ] as const) {
    const content = await readContent(context, clone, hashed);
    const before = await volumes(clone);
    sql(server.url('clone'), migration);
    const after = await volumes(clone);
    const judged = await measured(name, () => judgeContent(context, clone, { data, migrate }, { role, content, before, after, asBefore: async () => false }));
    if (judged.gate.outcome !== 'passed') throw new Error(judged.gate.summary);
    sql(server.url('clone'), back);
  }
  sql(server.url('clone'), 'update pgbench_accounts set abalance = abalance - 1 where aid = 1; update pgbench_tellers set tbalance = tbalance - 1');
  await measured('preservation by itself: the clone before', () => hashColumns(context, clone));
}

const report = describe(times, bytes, load);
process.stdout.write(`${report}\n`);
// Only the full size is a figure to keep.
if (scale === 1) writeFileSync(join(resultsFolder(), 'gates.md'), `${report}\n`);

async function volumes(address: Address) {
  const read = await withSession(context, address, async (session) => ok(await readRowVolumes(session)));
  if (!read.ok) throw new Error(read.failure.message);
  return read.value;
}

function describe(times: ReadonlyMap<string, readonly { readonly seconds: number; readonly cpu: number }[]>, bytes: number, load: number): string {
  const of = (names: readonly string[], what: 'seconds' | 'cpu') =>
    median((times.get(names[0] ?? '') ?? []).map((_, run) => names.reduce((sum, name) => sum + (times.get(name)?.[run]?.[what] ?? 0), 0)));
  const [alone, workers] = ['count(*), a process for each connection', 'count(*), with the server’s parallel workers'];
  const both = ['parity: production', 'parity: the clone'];
  const [renames, writes] = ['preservation: the large table renames a column', 'preservation: the large table is written to'];
  const row = (name: string, names: readonly string[]) => [
    name,
    of(names, 'seconds').toFixed(2),
    of(names, 'cpu').toFixed(2),
    (of(names, 'seconds') / of([alone], 'seconds')).toFixed(2),
    (of(names, 'seconds') / of([workers], 'seconds')).toFixed(2),
    (of(names, 'cpu') / of([alone], 'cpu')).toFixed(2),
  ];
  const rows = [
    ...[...times.keys()].map((name) => row(name, [name])),
    row('**content parity + preservation, column renamed**', [...both, renames]),
    row('**content parity + preservation, written to**', [...both, writes]),
    row('**counts + preservation, column renamed**', ['preservation by itself: the clone before', renames]),
    row('**counts + preservation, written to**', ['preservation by itself: the clone before', writes]),
  ];
  return [
    `# Gates over data: pgbench, ${showMegabytes(bytes)}`,
    '',
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${runs} runs in turn, medians. PostgreSQL 15 (${binFolder}), 128 MB of shared buffers, all files in memory, 2 connections.`,
    `Others kept ${load.toFixed(0)} processes busy when it began: above 0, seconds say less than processor time.`,
    'Content parity hashes production and the clone; preservation compares with the same hashes and reads again what was written. With data.parity counts only the clone is hashed, which counts it too.',
    'Debian’s server compiles the queries of the clone’s large tables; production isn’t asked to, and embedded servers have no compiler.',
    'Not in it: the counters and counts of rows that the row bounds read before and after migrating.',
    '',
    markdownTable(['', 'seconds', 'CPU s', '× count(*), 2 processes', '× count(*), workers too', 'CPU × count(*)'], rows),
  ].join('\n');
}

function unneeded(): never {
  throw new Error('nothing is made that a ledger should know');
}
