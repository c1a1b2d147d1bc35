import type { Session } from '../core/ports.ts';
import type { CanaryPlan, CanaryStatement } from './canary-plan.ts';
import { findRow } from './find-row.ts';
import type { TrafficTable } from './traffic-table.ts';

/** A session with prepared statements only shows that they went stale, for which it needn't be quick. */
const preparedPausesTimes = 5;

/**
 * The sessions of one table: a reader, a writer where it can be written to, and one that keeps prepared statements.
 *
 * @param everyMs how long reader and writer pause
 */
export function planCanaries(table: TrafficTable, everyMs: number): readonly CanaryPlan[] {
  const writable = table.kind === 'table' || table.kind === 'partitioned table';
  return [
    { kind: 'reader', name: `reader of ${table.name}`, table: table.name, everyMs, prepare: (session) => reader(session, table) },
    ...(writable
      ? [{ kind: 'writer' as const, name: `writer of ${table.name}`, table: table.name, everyMs, prepare: (session: Session) => writer(session, table) }]
      : []),
    {
      kind: 'prepared',
      name: `prepared statements on ${table.name}`,
      table: table.name,
      everyMs: everyMs * preparedPausesTimes,
      prepare: (session) => prepared(session, table),
    },
  ];
}

async function reader(session: Session, table: TrafficTable): Promise<readonly CanaryStatement[]> {
  const text = `select ${table.key[0] ?? 'true'} from ${table.name} ${(await findRow(session, table)) || 'limit 1'}`;
  return [{ text, run: () => session.query(text) }];
}

/**
 * What an UPDATE of one row locks, without updating it: RowExclusive on the table and the row itself. It waits wherever a writer would, and leaves no
 * trace: no dead row, no trigger, no sequence's number, and nothing in the server's counters of written rows, by which the migrations are judged.
 */
async function writer(session: Session, table: TrafficTable): Promise<readonly CanaryStatement[]> {
  const row = `select true from ${table.name} ${await findRow(session, table)} for no key update`;
  const text = `begin; lock table ${table.name} in row exclusive mode; ${row}; rollback`;
  return [{ text, run: () => session.execute(text), afterError: 'rollback' }];
}

/** Names every column, as most data mappers do, and none, as some do: a new column troubles only the latter. */
async function prepared(session: Session, table: TrafficTable): Promise<readonly CanaryStatement[]> {
  const row = (await findRow(session, table)) || 'limit 1';
  const texts = [...(table.columns.length === 0 ? [] : [table.columns.join(', ')]), '*'].map((columns) => `select ${columns} from ${table.name} ${row}`);
  return texts.map((text, at) => {
    const name = `pgrehearse_${at}`;
    let made = false;
    const run = async () => {
      if (!made) await session.execute(`prepare ${name} as ${text}`);
      made = true;
      await session.execute(`execute ${name}`);
    };
    return { text, run };
  });
}
