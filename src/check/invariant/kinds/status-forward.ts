import type { StatusForward } from '../../../config/schema.ts';
import type { Session } from '../../../core/ports.ts';
import { quoteIdentifier, quoteLiteral } from '../../../sql/quote.ts';
import type { Breaking } from '../breakings.ts';
import type { Judgement, Seen } from '../expectation.ts';
import { showSeen } from '../expectation.ts';
import { constraintsOff, triggersOff } from '../guards-off.ts';
import { hasRows } from '../has-rows.ts';
import { madeInReplica } from '../made-in-replica.ts';
import { type Check, doubtful, type Plan, type Probe, reading } from '../probe.ts';
import { refusal } from '../refusal.ts';
import { noSuchTable, readTable, type TableFacts } from '../table-facts.ts';

interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * Each step back fails or changes nothing, and each step forward succeeds, on a row that is in that state or is put into it. Steps back are broken by
 * switching triggers off; steps forward show that not simply everything fails. Throws SqlError.
 */
export async function planStatusForward(session: Session, invariant: StatusForward): Promise<Plan> {
  const table = await readTable(session, invariant.table);
  if (table === undefined) return noSuchTable(invariant.table);
  if (!(await hasRows(session, table.name))) return doubtful(`${table.name} has no rows whose status could move`, 'Rehearse on data that has rows of it.');
  const { forward, back } = movesOf(invariant);
  if (back.length === 0 || forward.length === 0) {
    return doubtful('it allows every move, or none', 'Name states between which some moves are allowed and others aren’t.');
  }
  const column = quoteIdentifier(invariant.column);
  const off = [...triggersOff(table), ...(await constraintsOff(session, table)), ...rightsFor(table, invariant.role)];
  const probes: Probe[] = [];
  for (const [moves, allowed] of [[forward, true] as const, [back, false] as const]) {
    for (const move of moves) probes.push(await probeOf(session, table, column, invariant, move, allowed, off));
  }
  return { probes, doubts: [], remarks: [], warnings: [], reads: [reading(`select ${column} from ${table.name}`)] };
}

/** What is allowed, and what must fail. Of an order only steps to the next state are asked to succeed: whether states may be left out isn't said. */
function movesOf({ order, transitions }: StatusForward): { readonly forward: readonly Move[]; readonly back: readonly Move[] } {
  const states = order ?? [...new Set(Object.entries(transitions ?? {}).flatMap(([from, to]) => [from, ...to]))];
  const forward: Move[] = [];
  const back: Move[] = [];
  for (const [at, from] of states.entries()) {
    for (const [index, to] of states.entries()) {
      if (from === to) continue;
      const allowed = order === undefined ? (transitions?.[from] ?? []).includes(to) : index === at + 1;
      if (allowed) forward.push({ from, to });
      else if (order === undefined || index < at) back.push({ from, to });
    }
  }
  return { forward, back };
}

function rightsFor({ schema, name }: TableFacts, role: string | undefined): readonly string[] {
  if (role === undefined) return [];
  return [`grant usage on schema ${schema} to ${quoteIdentifier(role)}`, `grant all on ${name} to ${quoteIdentifier(role)}`];
}

async function probeOf(
  session: Session,
  table: TableFacts,
  column: string,
  invariant: StatusForward,
  move: Move,
  allowed: boolean,
  off: readonly string[],
): Promise<Probe> {
  const { role, settings } = invariant;
  const [from, to] = [quoteLiteral(move.from), quoteLiteral(move.to)];
  const [row] = await session.query<{ some: boolean }>(`select exists (select from ${table.name} where ${column} = ${from}) as some`);
  const put = `update ${table.name} set ${column} = ${from} where (tableoid, ctid) = (select tableoid, ctid from ${table.name} limit 1)`;
  const check: Check = {
    ...(row?.some === true ? {} : { prepare: await madeInReplica(session, table, [put]) }),
    sql: `update ${table.name} set ${column} = ${to} where (tableoid, ctid) = (select tableoid, ctid from ${table.name} where ${column} = ${from} limit 1) returning ${column}::text`,
    role,
    settings,
    answer: 'value',
    settleConstraints: true,
  };
  return {
    key: `${move.from}>${move.to}`,
    subject: `${table.name} from ${move.from} to ${move.to}`,
    label: `${move.from} to ${move.to}`,
    check,
    judge: (seen) => judgeMove(seen, move.to, allowed),
    expected: allowed ? 'the move' : 'a refusal',
    show: (seen) => (seen.kind === 'value' ? (moved(seen, move.to) ? 'it moved' : 'it stayed') : showSeen(seen)),
    ...(allowed ? { control: true as const } : {}),
    breakings: async (): Promise<readonly Breaking[]> => [{ what: `triggers and constraints of ${table.name} off`, statements: off }],
    cure: 'Make the trigger that guards the status anew, or correct the invariant if the rule has changed.',
  };
}

function moved(seen: Seen, to: string): boolean {
  return seen.kind === 'value' && seen.rows === 1 && seen.value === to;
}

function judgeMove(seen: Seen, to: string, allowed: boolean): Judgement {
  if (seen.kind === 'error') {
    if (allowed) return 'violated';
    return refusal(seen.sql) === 'guard' ? 'holds' : 'cannot-tell';
  }
  // A trigger may keep the old state, or leave the row out, without an error.
  return moved(seen, to) === allowed ? 'holds' : 'violated';
}
