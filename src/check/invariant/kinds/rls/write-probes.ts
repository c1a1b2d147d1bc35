import type { Session } from '../../../../core/ports.ts';
import { quoteIdentifier, quoteLiteral } from '../../../../sql/quote.ts';
import { showCount } from '../../../show-count.ts';
import { type Seen, showSeen } from '../../expectation.ts';
import { triggersOff } from '../../guards-off.ts';
import type { Check, Doubt, Probe } from '../../probe.ts';
import { giveAway } from './give-away.ts';
import { judgeWriting } from './judge-writing.ts';
import { type Isolated, policiesOff, type Tenancy } from './tenancy.ts';

/** Up to so many rows a table is written as a whole; of larger ones, a row that the role can also see is tried. */
const fewRows = 100_000;

interface TableRight {
  readonly deletes: boolean;
  /** It has policies for SELECT, UPDATE or DELETE alone: what can be written may be more than what can be read. */
  readonly apart: boolean;
}

const rightQuery = `
select pg_catalog.has_table_privilege($2, $1::pg_catalog.oid, 'DELETE') as deletes,
       exists (select from pg_catalog.pg_policy p where p.polrelid = $1::pg_catalog.oid and p.polcmd in ('r', 'w', 'd')) as apart`;

/** Probes, and what isn't asked. */
export interface Writing {
  readonly probes: readonly Probe[];
  readonly remarks: readonly string[];
  readonly doubts: readonly Doubt[];
}

/**
 * Nothing of other tenants can be written, as far as the role has the right to write at all. Triggers are off meanwhile, so that the policies alone answer.
 * Updates and deletes name no column in a condition where the table is small enough: they meet the policies for writing only, and not those for reading
 * besides. Throws SqlError.
 */
export async function writeProbes(session: Session, isolated: Isolated, tenancy: Tenancy): Promise<Writing> {
  const { table, columns, own, others } = isolated;
  if (others === 0) return { probes: [], remarks: [], doubts: [] };
  const { commands, role } = tenancy;
  const [right] = await session.query<TableRight>(rightQuery, [table.oid, role]);
  const whole = own + others <= fewRows;
  const probes: Probe[] = [];
  const unasked: string[] = [];
  if (commands.includes('delete')) {
    if (right?.deletes !== true) unasked.push('DELETE');
    else
      probes.push(
        whole ? changingAll('delete', `delete from ${table.name}`, isolated, tenancy) : changingOne('delete', `delete from ${table.name}`, isolated, tenancy),
      );
  }
  if (commands.includes('update')) {
    const written = columns.filter(({ updates, generated, always }) => updates && !generated && !always);
    const taken = written.find(({ quoted }) => quoted === tenancy.column);
    const [any] = written.filter(({ selects }) => selects);
    // Without a condition, and the rows of others made one's own: no right to read is needed, and one's own rows stay as they are.
    if (whole && taken !== undefined && tenancy.tenant !== undefined) {
      probes.push(changingAll('update', `update ${table.name} set ${taken.quoted} = ${quoteLiteral(tenancy.tenant)}`, isolated, tenancy));
    } else if (any === undefined) unasked.push('UPDATE');
    else probes.push(changingOne('update', `update ${table.name} set ${any.quoted} = ${any.quoted}`, isolated, tenancy));
  }
  const inserted = columns.filter(({ inserts, generated }) => inserts && !generated);
  if (commands.includes('insert')) {
    const named = tenancy.column === undefined || inserted.some(({ quoted }) => quoted === tenancy.column);
    if (inserted.length > 0 && named) probes.push(inserting(inserted.map(({ quoted }) => quoted).join(', '), isolated, tenancy));
    else unasked.push('INSERT');
  }
  const remarks = unasked.length === 0 ? [] : [`${role} has no right to ${unasked.join(', ')} on ${table.name}`];
  if (commands.includes('update') && !unasked.includes('UPDATE')) {
    const gifts = await giveAway(session, isolated, tenancy);
    probes.push(...gifts.probes);
    remarks.push(...gifts.remarks);
  }
  const blind = !whole && right?.apart === true ? (['update', 'delete'] as const).filter((command) => commands.includes(command)) : [];
  const doubts = blind.map((command) => ({
    key: `${table.name}:${command}-unseen`,
    reason: `${table.name} has policies for single commands and more than ${fewRows.toLocaleString('en-US')} rows, so that ${command.toUpperCase()} could reach rows which the role can’t see`,
    cure: `Ask it as SQL of your own, and leave ${command} out of the invariant’s commands.`,
  }));
  return { probes, remarks, doubts };
}

function changing(key: string, { table }: Isolated, { role }: Tenancy) {
  const command = key.toUpperCase();
  return {
    key: `${table.name}:${key}`,
    subject: `${table.name}: ${command} of other tenants’ rows as ${role}`,
    label: command,
    breakings: policiesOff(table),
    cure: `Correct the policies of ${table.name} for ${command}.`,
  };
}

/** All that an UPDATE or DELETE can reach, and then, as superuser, how many rows are still the others': fewer are too few, whosesoever else went. */
function changingAll(key: string, change: string, isolated: Isolated, tenancy: Tenancy): Probe {
  const { table, others } = isolated;
  const { role, settings, own } = tenancy;
  const left = `select pg_catalog.count(*) from ${table.name} where (${own}) is not true`;
  const lost = (seen: Seen) => (seen.kind === 'value' ? others - Number(seen.value) : undefined);
  return {
    ...changing(key, isolated, tenancy),
    check: { sql: `${change};\nreset role;\n${left}`, role, settings, answer: 'value', prepare: triggersOff(table) },
    judge: (seen) => (lost(seen) === undefined ? judgeWriting(seen) : lost(seen) === 0 ? 'holds' : 'violated'),
    expected: 'none',
    show: (seen) => (lost(seen) === undefined ? showSeen(seen) : showCount(lost(seen) ?? 0, 'row')),
  };
}

/** Of a large table, one row of another tenant that the role can see: of a sound one there is none. */
function changingOne(key: string, change: string, isolated: Isolated, tenancy: Tenancy): Probe {
  const { table } = isolated;
  const { role, settings, own } = tenancy;
  const one = `where (tableoid, ctid) in (select tableoid, ctid from ${table.name} where (${own}) is not true limit 1)`;
  return {
    ...changing(key, isolated, tenancy),
    check: { sql: `${change} ${one}`, role, settings, answer: 'rows', prepare: triggersOff(table) },
    judge: (seen) => (seen.kind === 'rows' && seen.rows !== null ? (seen.rows > 0 ? 'violated' : 'holds') : judgeWriting(seen)),
    expected: 'none',
    show: (seen) => (seen.kind === 'rows' ? showCount(seen.rows ?? 0, 'row') : showSeen(seen)),
    detail: `The table has more than ${fewRows.toLocaleString('en-US')} rows: only one that the role can also see was tried.`,
  };
}

/** A copy of another tenant's row. Postgres asks the policies before it looks at keys: a key that is there already says that they let it through. */
function inserting(columns: string, { table }: Isolated, { role, settings, own }: Tenancy): Probe {
  const set = Object.entries(settings).map(([name, value]) => `select pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true)`);
  const check: Check = {
    sql: `insert into ${table.name} (${columns}) overriding system value select ${columns} from pg_temp.pgrehearse_row`,
    role,
    settings,
    answer: 'rows',
    prepare: [
      ...set,
      `create temporary table pgrehearse_row on commit drop as select * from ${table.name} where (${own}) is not true limit 1`,
      `grant select on pg_temp.pgrehearse_row to ${quoteIdentifier(role)}`,
      ...triggersOff(table),
    ],
  };
  return {
    key: `${table.name}:insert`,
    subject: `${table.name}: INSERT of another tenant’s row as ${role}`,
    label: 'INSERT',
    check,
    judge: (seen) => (seen.kind === 'rows' && seen.rows !== null && seen.rows > 0 ? 'violated' : judgeWriting(seen)),
    expected: 'error 42501',
    show: (seen) => {
      if (seen.kind === 'rows') return `${showCount(seen.rows ?? 0, 'row')} inserted`;
      const constraint = seen.kind === 'error' ? seen.sql.constraint : undefined;
      return constraint === undefined ? showSeen(seen) : `past the policies, and stopped only by ${constraint}`;
    },
    breakings: policiesOff(table),
    cure: `Correct the policies of ${table.name} for INSERT (WITH CHECK).`,
  };
}
