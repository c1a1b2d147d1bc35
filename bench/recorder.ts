import { parseArgs } from 'node:util';
import pg from 'pg';
import type { Address } from '../src/core/server.ts';
import { startRecording } from '../src/record/start-recording.ts';
import { startTestServer } from '../test/support/global-setup.ts';
import { testContext } from '../test/support/test-context.ts';
import { unwrap } from '../test/support/unwrap.ts';
import { makeBenchFolder } from './support/bench-folder.ts';
import { markdownTable } from './support/markdown-table.ts';
import { median } from './support/measure.ts';
import { processorMs } from './support/processor-ms.ts';

/**
 * What the flight recorder costs a migration of many statements: the same statements straight and through the recorder, one after the other in pairs.
 *
 * `node bench/recorder.ts [--statements 500] [--pairs 5] [--tables 50] [--major 18]`. With `--tables 5000` the catalog is a large one. On a machine that has
 * other things to do each process waits for its turn: there the processors' time, of the server and of this process, says more than the clock.
 */
const { values } = parseArgs({
  options: {
    statements: { type: 'string', default: '500' },
    pairs: { type: 'string', default: '5' },
    tables: { type: 'string', default: '50' },
    major: { type: 'string', default: '18' },
  },
});
const statements = Number(values.statements);
const tables = Number(values.tables);

/** What migrations are made of: mostly DDL, some rows. */
function migration(round: number): readonly string[] {
  return Array.from({ length: statements }, (_, at) => {
    const table = `t${at % tables}`;
    const column = `c${round}_${at}`;
    switch (at % 5) {
      case 0:
        return `alter table ${table} add ${column} int default ${at}`;
      case 1:
        return `update ${table} set note = '${at}' where id <= 20`;
      case 2:
        return `create index ${column} on ${table} (note)`;
      case 3:
        return `create table n${column} (id int primary key, parent int references ${table})`;
      default:
        return `insert into ${table} (note) select 'x' from generate_series(1, 20)`;
    }
  });
}

interface Took {
  readonly ms: number;
  readonly processorMs: number;
}

async function run(address: Address, round: number, inBlock: boolean): Promise<Took> {
  const client = new pg.Client({ host: address.host, port: address.port, user: address.user, database: address.database });
  await client.connect();
  const [startedAt, usedBefore] = [performance.now(), processorMs(child.pid)];
  if (inBlock) await client.query('begin');
  for (const statement of migration(round)) await client.query(statement);
  if (inBlock) await client.query('commit');
  const took = { ms: performance.now() - startedAt, processorMs: processorMs(child.pid) - usedBefore };
  await client.end();
  return took;
}

await using folder = makeBenchFolder();
const root = folder.path;
const { port, child } = await startTestServer(Number(values.major), root);
const admin: Address = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres', tls: 'disable' };
const client = new pg.Client({ host: admin.host, port, user: admin.user, database: admin.database });
await client.connect();
for (let at = 0; at < tables; at++) {
  await client.query(`create table t${at} (id serial primary key, note text); insert into t${at} (note) select i from generate_series(1, 1000) i`);
}
await client.end();
const rows: string[][] = [];
let round = 0;
for (const inBlock of [false, true]) {
  const straight: Took[] = [];
  const recorded: Took[] = [];
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    const plain = async () => straight.push(await run(admin, ++round, inBlock));
    const seen = async () => {
      await using recorder = unwrap(await startRecording(testContext(), { admin, target: admin }));
      recorded.push(await run(recorder.address, ++round, inBlock));
    };
    // Tables grow from run to run: whoever comes first changes with each pair.
    for (const one of pair % 2 === 0 ? [plain, seen] : [seen, plain]) await one();
  }
  const more = (what: keyof Took) => median(recorded.map((took, at) => (took[what] - (straight[at]?.[what] ?? 0)) / statements));
  const [a, b] = [straight, recorded].map((tooks) => median(tooks.map(({ ms }) => ms))) as [number, number];
  rows.push([
    inBlock ? 'one transaction' : 'auto-commit',
    ...[a / statements, b / statements, more('ms'), more('processorMs')].map((ms) => `${ms.toFixed(2)} ms`),
    `${((b / a - 1) * 100).toFixed(0)} %`,
  ]);
}
process.stdout.write(`${markdownTable([`${statements} statements`, 'straight', 'recorded', 'more, a statement', 'of processors', 'more'], rows)}\n`);
