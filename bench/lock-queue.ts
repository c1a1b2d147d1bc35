import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { Wait } from '../src/core/recording.ts';
import type { Address } from '../src/core/server.ts';
import { startRecording } from '../src/record/start-recording.ts';
import { startTestServer } from '../test/support/global-setup.ts';
import { testContext } from '../test/support/test-context.ts';
import { untilTrue } from '../test/support/until-true.ts';
import { unwrap } from '../test/support/unwrap.ts';
import { makeBenchFolder } from './support/bench-folder.ts';
import { markdownTable } from './support/markdown-table.ts';

/**
 * Whether the recorder's times of a lock queue are those of the server: a reader holds a table, an ALTER waits for it, and an innocent SELECT waits for the
 * ALTER. The server's own log (log_lock_waits) says of each wait when it was over, and how long it had been.
 *
 * `node bench/lock-queue.ts [--rounds 5] [--reader-seconds 3] [--majors 15,18] [--write bench/results/lock-queue.md]`. Ends with 1 where a time is off by more
 * than 100 ms.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    'reader-seconds': { type: 'string', default: '3' },
    majors: { type: 'string', default: '15,18' },
    write: { type: 'string' },
  },
});
const readerMs = Number(values['reader-seconds']) * 1_000;
const AGREED_MS = 100;

/** A wait in milliseconds since 1970. */
interface Times {
  readonly beganAt: number;
  readonly endedAt: number;
}

interface Compared {
  readonly major: number;
  readonly round: number;
  readonly who: 'ALTER' | 'SELECT';
  readonly logged: Times;
  readonly recorded: Times;
  /** When the recording started. */
  readonly zero: number;
}

async function withClient<T>(address: Address, use: (client: pg.Client, pid: number) => Promise<T>): Promise<T> {
  const client = new pg.Client({ host: address.host, port: address.port, user: address.user, database: address.database });
  // A connection that is lost ends its query with the same error; without a listener it would end the process before anything is told.
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_catalog.pg_backend_pid() as pid');
    return await use(client, rows[0]?.pid ?? 0);
  } finally {
    await client.end();
  }
}

/** What the log says of waits that ended: `<epoch> <pid> LOG:  process <pid> acquired <mode> on relation … after <ms> ms`. */
function readLog(file: string): ReadonlyMap<number, Times> {
  const found = new Map<number, Times>();
  for (const [, epoch, pid, ms] of readFileSync(file, 'utf8').matchAll(
    /^(\d+\.\d+) (\d+) LOG: +process \d+ acquired \w+ on relation \d+ of database \d+ after ([\d.]+) ms/gm,
  )) {
    const endedAt = Number(epoch) * 1_000;
    found.set(Number(pid), { beganAt: endedAt - Number(ms), endedAt });
  }
  return found;
}

/** One stall, recorded. Each session is new, so that its process tells it in the log. */
async function stall(address: Address, log: string, major: number, round: number): Promise<readonly Compared[]> {
  await using recorder = unwrap(await startRecording(testContext(), { admin: address, target: address }));
  const pids = await withClient(address, async (watcher) =>
    withClient(address, async (reader) =>
      withClient(recorder.address, async (migration, altering) =>
        withClient(address, async (innocent, selecting) => {
          const waiting = (pid: number) => async () =>
            (await watcher.query('select from pg_catalog.pg_locks where not granted and pid = $1', [pid])).rowCount === 1;
          await reader.query('begin; select pg_catalog.count(*) from invoice');
          const held = sleep(readerMs);
          const altered = migration.query(`alter table invoice add paid_${round} bool`);
          // Both are waited for below; where something fails before that, that is what is told.
          altered.catch(() => {});
          await untilTrue('the ALTER waits', waiting(altering));
          const selected = innocent.query('select note from invoice where id = 1');
          selected.catch(() => {});
          await untilTrue('the SELECT waits', waiting(selecting));
          await held;
          await reader.query('commit');
          await Promise.all([altered, selected]);
          return { ALTER: altering, SELECT: selecting };
        }),
      ),
    ),
  );
  const recording = unwrap(await recorder.stop());
  const zero = Date.parse(recording.startedAt);
  // The server's log is written by a process of its own.
  await untilTrue('both waits are in the log', async () => Object.values(pids).every((pid) => readLog(log).has(pid)));
  return (['ALTER', 'SELECT'] as const).map((who) => {
    const logged = readLog(log).get(pids[who]);
    const wait: Wait | undefined = recording.waits.find(({ pid }) => pid === pids[who]);
    if (logged === undefined || wait === undefined) throw new Error(`the wait of the ${who} was not ${logged === undefined ? 'logged' : 'recorded'}`);
    return { major, round, who, logged, recorded: { beganAt: zero + wait.fromMs, endedAt: zero + wait.toMs }, zero };
  });
}

async function measure(major: number): Promise<readonly Compared[]> {
  await using folder = makeBenchFolder();
  const root = folder.path;
  const log = join(root, `data${major}`, 'log', 'server.log');
  const { port } = await startTestServer(major, root, {
    logging_collector: 'on',
    log_filename: 'server.log',
    log_line_prefix: '%n %p ',
    log_lock_waits: 'on',
    deadlock_timeout: '10ms',
    autovacuum: 'off',
  });
  const address: Address = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres', tls: 'disable' };
  await withClient(address, async (client) => {
    await client.query('create table invoice (id int primary key, note text); insert into invoice select i, i from generate_series(1, 1000) i');
  });
  const compared: Compared[] = [];
  for (let round = 1; round <= Number(values.rounds); round++) compared.push(...(await stall(address, log, major, round)));
  return compared;
}

const began = ({ logged, recorded }: Compared) => recorded.beganAt - logged.beganAt;
const ended = ({ logged, recorded }: Compared) => recorded.endedAt - logged.endedAt;
const lasted = ({ logged, recorded }: Compared) => recorded.endedAt - recorded.beganAt - (logged.endedAt - logged.beganAt);
const largest = (compared: readonly Compared[], off: (one: Compared) => number) => Math.max(...compared.map((one) => Math.abs(off(one))));
const whole = (ms: number) => Math.round(ms).toLocaleString('en-US');
const signed = (ms: number) => `${ms < 0 ? '−' : '+'}${Math.abs(ms).toFixed(1)}`;

const load = loadavg()[0] ?? 0;
const compared: Compared[] = [];
for (const major of values.majors.split(',')) compared.push(...(await measure(Number(major))));
const worst = Math.max(...[began, ended, lasted].map((off) => largest(compared, off)));
const table = markdownTable(
  ['PostgreSQL', 'round', 'who waits', 'began, log', 'recorder', 'off by', 'waited, log', 'recorder', 'off by'],
  compared.map((one) => [
    ...[String(one.major), String(one.round), one.who],
    ...[whole(one.logged.beganAt - one.zero), whole(one.recorded.beganAt - one.zero), signed(began(one))],
    ...[whole(one.logged.endedAt - one.logged.beganAt), whole(one.recorded.endedAt - one.recorded.beganAt), signed(lasted(one))],
  ]),
);
const text = `# The lock queue as the recorder and as the server saw it

Made by \`node bench/lock-queue.ts --rounds ${values.rounds} --reader-seconds ${values['reader-seconds']} --majors ${values.majors}\`, ${process.platform}, ${cpus()[0]?.model ?? 'unknown processor'}, ${new Date().toISOString().slice(0, 10)}; load of the ${cpus().length} cores before it: ${load.toFixed(1)}${load > cpus().length ? ', so it was busy with other work' : ''}.
A reader holds a table for ${values['reader-seconds']} s, an ALTER waits for it, and a SELECT that has nothing to do with either waits for the ALTER. Milliseconds; \`began\` counts from the recording's
start. The server's times are those of its log (log_lock_waits, deadlock_timeout = 10ms).

${table}

Largest deviation: begin ${largest(compared, began).toFixed(1)} ms, end ${largest(compared, ended).toFixed(1)} ms, length ${largest(compared, lasted).toFixed(1)} ms.
`;
process.stdout.write(text);
if (values.write !== undefined) writeFileSync(values.write, text);
process.exitCode = worst > AGREED_MS ? 1 : 0;
