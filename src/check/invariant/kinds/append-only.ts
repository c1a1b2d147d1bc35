import type { AppendOnly } from '../../../config/schema.ts';
import type { Session } from '../../../core/ports.ts';
import { quoteIdentifier } from '../../../sql/quote.ts';
import { anotherValue } from '../another-value.ts';
import { type Judgement, type Seen, showSeen } from '../expectation.ts';
import { constraintsOff, triggersOff } from '../guards-off.ts';
import { hasRows } from '../has-rows.ts';
import { type Doubt, doubtful, type Plan, type Probe } from '../probe.ts';
import { refusal } from '../refusal.ts';
import { type ColumnFacts, noSuchTable, readColumns, readTable, readTablesBelow, type TableFacts } from '../table-facts.ts';
import { tryCheck } from '../try-check.ts';

/** Somebody who must be refused. */
interface Actor {
  readonly role: string;
  readonly asOwner: boolean;
  readonly settings: Readonly<Record<string, string>>;
  /** What has to be so that only rights, policies and triggers can refuse. */
  readonly prepare: readonly string[];
}

interface Change {
  readonly key: string;
  readonly subject: string;
  readonly label: string;
  readonly table: TableFacts;
  readonly sql: string;
  readonly group?: string;
}

/**
 * Rows that are there can be neither changed nor taken away, one by one or all at once: as the application's role, and as the owner where triggers guard
 * them. Constraints are taken away first, so that they don't answer instead. Broken by switching triggers and policies off and granting every right.
 * Throws SqlError.
 */
export async function planAppendOnly(session: Session, invariant: AppendOnly): Promise<Plan> {
  const table = await readTable(session, invariant.table);
  if (table === undefined) return noSuchTable(invariant.table);
  if (!(await hasRows(session, table.name))) return doubtful(`${table.name} has no rows that could be changed`, 'Rehearse on data that has rows of it.');
  const partitions = await readTablesBelow(session, table);
  const free = await constraintsOff(session, table);
  const doubts: Doubt[] = [];
  const remarks: string[] = [];
  const probes: Probe[] = [];
  for (const actor of actorsOf(invariant, table, free)) {
    const touched = await visibleRows(session, table, actor);
    if (typeof touched === 'string')
      doubts.push({ key: actor.role, reason: touched, cure: 'Set what makes rows visible to that role in the invariant’s settings.' });
    else {
      for (const change of await changesOf(session, invariant, table, partitions, actor)) probes.push(probeOf(invariant, actor, change));
    }
  }
  if (!probes.some(({ check }) => check.role === table.owner)) remarks.push(`its owner ${table.owner} was not tried`);
  return { probes, doubts, remarks, warnings: [], reads: [] };
}

function actorsOf({ role, asOwner, settings }: AppendOnly, { name, owner, triggers }: TableFacts, free: readonly string[]): readonly Actor[] {
  const actors: Actor[] = [];
  if (role !== undefined) {
    // What it may not read it may still change: without the right to read, no row could be named.
    actors.push({ role, asOwner: false, settings, prepare: [...free, `grant select on ${name} to ${quoteIdentifier(role)}`] });
  }
  if (role !== owner && (role === undefined || (asOwner ?? triggers))) {
    actors.push({ role: owner, asOwner: true, settings, prepare: [...free, `alter table ${name} no force row level security`] });
  }
  return actors;
}

/** True, or why nothing can be shown as this actor. */
async function visibleRows(session: Session, { name }: TableFacts, { role, settings, prepare }: Actor): Promise<true | string> {
  const tried = await tryCheck(session, { sql: `select exists (select from ${name})`, role, settings, prepare, answer: 'value' });
  if (tried.kind === 'not-run') return `as ${role} it could not be tried: ${tried.sql.message}`;
  if (tried.seen.kind === 'error') return `as ${role} ${name} could not be read: ${tried.seen.sql.message}`;
  return tried.seen.kind === 'value' && tried.seen.value === true ? true : `${role} sees no row of ${name}, so that it could change none`;
}

async function changesOf(
  session: Session,
  { columns, commands }: AppendOnly,
  table: TableFacts,
  partitions: readonly TableFacts[],
  { role }: Actor,
): Promise<readonly Change[]> {
  const facts = await readColumns(session, table, role);
  const wanted = columns === undefined ? facts : facts.filter(({ name }) => columns.includes(name));
  const changes: Change[] = [];
  if (commands.includes('update')) for (const column of wanted) changes.push(...updateOf(table, column, role));
  if (commands.includes('delete')) changes.push(deleteFrom(table, role));
  if (commands.includes('truncate')) changes.push(truncate(table, role));
  // Triggers for a statement fire for the table that it names, and not for the partitions below or above.
  for (const part of partitions) {
    const some = await hasRows(session, part.name);
    const [first] = wanted.filter((column) => anotherValue(column) !== undefined);
    if (some && commands.includes('update') && first !== undefined) changes.push(...updateOf(part, first, role));
    if (some && commands.includes('delete')) changes.push(deleteFrom(part, role));
    if (commands.includes('truncate')) changes.push(truncate(part, role));
  }
  return changes;
}

function oneRow({ name }: TableFacts): string {
  return `where (tableoid, ctid) = (select tableoid, ctid from ${name} limit 1)`;
}

function updateOf(table: TableFacts, column: ColumnFacts, role: string): readonly Change[] {
  const value = anotherValue(column);
  if (value === undefined) return [];
  const sql = `update ${table.name} set ${column.quoted} = ${value} ${oneRow(table)}`;
  const key = `${table.name}:update-${column.name}:${role}`;
  return [
    {
      key,
      subject: `UPDATE of ${table.name}.${column.quoted} as ${role}`,
      label: `UPDATE of ${column.quoted} as ${role}`,
      table,
      sql,
      group: `${table.oid} update ${role}`,
    },
  ];
}

function deleteFrom(table: TableFacts, role: string): Change {
  return {
    key: `${table.name}:delete:${role}`,
    subject: `DELETE from ${table.name} as ${role}`,
    label: `DELETE as ${role}`,
    table,
    sql: `delete from ${table.name} ${oneRow(table)}`,
  };
}

function truncate(table: TableFacts, role: string): Change {
  return {
    key: `${table.name}:truncate:${role}`,
    subject: `TRUNCATE of ${table.name} as ${role}`,
    label: `TRUNCATE as ${role}`,
    table,
    sql: `truncate ${table.name}`,
  };
}

function probeOf({ error }: AppendOnly, { role, asOwner, settings, prepare }: Actor, change: Change): Probe {
  const { key, subject, label, table, sql, group } = change;
  const readable = asOwner ? [`alter table ${table.name} no force row level security`] : [`grant select on ${table.name} to ${quoteIdentifier(role)}`];
  const open = [
    ...triggersOff(table),
    `alter table ${table.name} disable row level security`,
    `grant usage on schema ${table.schema} to ${quoteIdentifier(role)}`,
    `grant all on ${table.name} to ${quoteIdentifier(role)}`,
  ];
  return {
    key,
    subject,
    label,
    check: { sql, role, settings, answer: 'rows', settleConstraints: true, prepare: [...prepare, ...readable] },
    judge: (seen) => judgeChange(seen, error, asOwner),
    expected: error === undefined ? 'a refusal' : `error ${error}`,
    show: (seen) =>
      seen.kind === 'rows'
        ? seen.rows === null
          ? 'it succeeded'
          : `${seen.rows === 0 ? 'no' : seen.rows} ${seen.rows === 1 ? 'row' : 'rows'} changed`
        : showSeen(seen),
    breakings: async () => [{ what: `triggers and policies of ${table.name} off and every right granted`, statements: open }],
    ...(group === undefined ? {} : { group }),
    cure: 'Make the trigger that refuses it anew, FOR EACH STATEMENT where it is TRUNCATE, or take the right away.',
    proofCure: 'Name the columns of the invariant, or ask it as SQL of your own with breakWith.',
  };
}

function judgeChange(seen: Seen, wanted: string | undefined, asOwner: boolean): Judgement {
  if (seen.kind === 'error') {
    if (refusal(seen.sql) !== 'guard') return 'cannot-tell';
    // Whoever lacks the right doesn't get as far as the trigger.
    return wanted === undefined || seen.sql.sqlstate === wanted || (!asOwner && seen.sql.sqlstate === '42501') ? 'holds' : 'violated';
  }
  // Policies without an error leave rows out that may not be changed. TRUNCATE reports no rows.
  return seen.kind === 'rows' && seen.rows === 0 && (wanted === undefined || !asOwner) ? 'holds' : 'violated';
}
