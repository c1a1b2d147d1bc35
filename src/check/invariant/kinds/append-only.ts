import type { AppendOnly } from '../../../config/schema.ts';
import type { Session } from '../../../core/ports.ts';
import { quoteIdentifier } from '../../../sql/quote.ts';
import { anotherValue } from '../another-value.ts';
import { type Judgement, type Seen, showSeen } from '../expectation.ts';
import { constraintsOff, triggersOff } from '../guards-off.ts';
import { hasRows } from '../has-rows.ts';
import { type Doubt, doubtful, type Plan, type Probe } from '../probe.ts';
import { refusal } from '../refusal.ts';
import { noSuchTable, readColumns, readTable, readTablesBelow, type TableFacts } from '../table-facts.ts';
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
  /** That no row was changed says nothing: policies may let another one be changed. */
  readonly undecided: boolean;
}

/** Up to so many rows all of them are tried at once. */
const fewRows = 100_000;

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
  const doubts: Doubt[] = await untriable(session, invariant, table);
  const remarks: string[] = [];
  const probes: Probe[] = [];
  for (const actor of actorsOf(invariant, table, free)) {
    const unseen = await seesNothing(session, table, actor);
    if (unseen !== undefined) {
      doubts.push({ key: actor.role, reason: unseen, cure: 'Set what makes rows visible to that role in the invariant’s settings.' });
      continue;
    }
    for (const [at, part] of [table, ...partitions].entries()) {
      // What the role doesn't see of a partition it can't be shown to change.
      const blind = at === 0 ? undefined : await seesNothing(session, part, actor);
      if (blind !== undefined) remarks.push(blind);
      const changes = await changesOf(session, invariant, part, actor, at === 0 ? 'each' : 'one', blind === undefined);
      probes.push(...changes.map((change) => probeOf(invariant, actor, change)));
    }
  }
  if (!probes.some(({ check }) => check.role === table.owner)) remarks.push(`its owner ${table.owner} was not tried`);
  return { probes, doubts, remarks, warnings: [], reads: [] };
}

/** Columns that are named and can't be tried: they aren't there, or nothing is known that could be written into them. */
async function untriable(session: Session, { columns }: AppendOnly, table: TableFacts): Promise<Doubt[]> {
  const facts = await readColumns(session, table, table.owner);
  return (columns ?? []).flatMap((name) => {
    const column = facts.find((one) => one.name === name);
    if (column !== undefined && anotherValue(column) !== undefined) return [];
    const reason = column === undefined ? `${table.name} has no column ${name}` : `no other value for ${table.name}.${name} is known that could be written`;
    return [{ key: name, reason, cure: 'Correct the name, or ask it as SQL of your own.' }];
  });
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

/** What has to be so that rows can be named at all; for the owner, that forced policies don't hide them. */
function readableBy({ role, asOwner }: Actor, { name }: TableFacts): string {
  return asOwner ? `alter table ${name} no force row level security` : `grant select on ${name} to ${quoteIdentifier(role)}`;
}

/** Why nothing can be shown as this actor; undefined where it sees a row. */
async function seesNothing(session: Session, table: TableFacts, actor: Actor): Promise<string | undefined> {
  const { role, settings } = actor;
  const prepare = [...actor.prepare, readableBy(actor, table)];
  const tried = await tryCheck(session, { sql: `select exists (select from ${table.name})`, role, settings, prepare, answer: 'value' });
  if (tried.kind === 'not-run') return `as ${role} ${table.name} could not be tried: ${tried.sql.message}`;
  if (tried.seen.kind === 'error') return `as ${role} ${table.name} could not be read: ${tried.seen.sql.message}`;
  return tried.seen.kind === 'value' && tried.seen.value === true ? undefined : `${role} sees no row of ${table.name}, so that it could change none`;
}

/** @param which each column, or one that stands for the others */
async function changesOf(
  session: Session,
  { columns, commands }: AppendOnly,
  table: TableFacts,
  { role, asOwner }: Actor,
  which: 'each' | 'one',
  rows: boolean,
): Promise<readonly Change[]> {
  const policies = table.rls && !asOwner;
  const whole = policies && (await hasAtMost(session, table, fewRows));
  // Policies may let one row be changed and not another: where there are some, all rows are tried that the role sees.
  const where = whole ? '' : ` where (tableoid, ctid) = (select tableoid, ctid from ${table.name} limit 1)`;
  const common = { table, undecided: policies && !whole };
  const facts = (await readColumns(session, table, role)).filter((column) => anotherValue(column) !== undefined);
  const wanted = facts.filter(({ name }) => columns === undefined || columns.includes(name)).slice(0, which === 'each' ? undefined : 1);
  const changes: Change[] = [];
  if (rows && commands.includes('update')) {
    for (const column of wanted) {
      changes.push({
        ...common,
        key: `${table.name}:update-${column.name}:${role}`,
        subject: `UPDATE of ${table.name}.${column.quoted} as ${role}`,
        label: `UPDATE of ${column.quoted} as ${role}`,
        sql: `update ${table.name} set ${column.quoted} = ${anotherValue(column)}${where}`,
        // Where some column can't be tried after all, others stand for it; not where it was named.
        ...(columns === undefined ? { group: `${table.oid} update ${role}` } : {}),
      });
    }
  }
  if (rows && commands.includes('delete')) {
    const told = { key: `${table.name}:delete:${role}`, subject: `DELETE from ${table.name} as ${role}`, label: `DELETE as ${role}` };
    changes.push({ ...common, ...told, sql: `delete from ${table.name}${where}` });
  }
  // Triggers for a statement fire for the table that it names, and not for the partitions below or above.
  if (commands.includes('truncate')) {
    const told = { key: `${table.name}:truncate:${role}`, subject: `TRUNCATE of ${table.name} as ${role}`, label: `TRUNCATE as ${role}` };
    changes.push({ ...common, ...told, sql: `truncate ${table.name}` });
  }
  return changes;
}

async function hasAtMost(session: Session, { name }: TableFacts, rows: number): Promise<boolean> {
  const [row] = await session.query<{ few: boolean }>(`select pg_catalog.count(*) <= ${rows} as few from (select from ${name} limit ${rows + 1}) as counted`);
  return row?.few === true;
}

function probeOf({ error }: AppendOnly, actor: Actor, change: Change): Probe {
  const { role, asOwner, settings, prepare } = actor;
  const { key, subject, label, table, sql, group, undecided } = change;
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
    check: { sql, role, settings, answer: 'rows', settleConstraints: true, prepare: [...prepare, readableBy(actor, table)] },
    judge: (seen) => (undecided && seen.kind === 'rows' && seen.rows === 0 ? 'cannot-tell' : judgeChange(seen, error, asOwner)),
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
