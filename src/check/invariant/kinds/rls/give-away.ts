import type { Session } from '../../../../core/ports.ts';
import { quoteLiteral } from '../../../../sql/quote.ts';
import { showCount } from '../../../show-count.ts';
import { type Seen, showSeen } from '../../expectation.ts';
import { triggersOff } from '../../guards-off.ts';
import type { Check, Probe } from '../../probe.ts';
import { refusal } from '../../refusal.ts';
import { tryCheck } from '../../try-check.ts';
import { judgeWriting } from './judge-writing.ts';
import { type Isolated, policiesOff, type Tenancy } from './tenancy.ts';

/** About so many rows are tried, of all that the role can update. */
const triedRows = 1000;

/**
 * One's own rows can't be made another tenant's by UPDATE: a policy without a fitting WITH CHECK lets them go. The statement reads no column, so that the
 * policies for UPDATE are asked alone: those for reading would hide the hole. A trigger that keeps rows where they are is a guard too, as long as it lets
 * their own tenant be written. Throws SqlError.
 */
export async function giveAway(
  session: Session,
  isolated: Isolated,
  tenancy: Tenancy,
): Promise<{ readonly probes: readonly Probe[]; readonly remarks: readonly string[] }> {
  const { table, columns, own, others } = isolated;
  const { column, tenant, role } = tenancy;
  if (own === 0 || others === 0) return { probes: [], remarks: [] };
  if (column === undefined || tenant === undefined) {
    return { probes: [], remarks: [`that rows of ${table.name} can’t be given to others was not tried: no tenantColumn is named`] };
  }
  const written = columns.find(({ quoted, updates, generated, always }) => quoted === column && updates && !generated && !always);
  if (written === undefined) return { probes: [], remarks: [`${role} has no right to UPDATE of ${table.name}.${column}`] };
  const [row] = await session.query<{ own: string; other: string | null }>(
    `select (select pg_catalog.count(*) from ${table.name} where ${tenancy.own}) as own,
            (select ${column}::pg_catalog.text from ${table.name} where (${tenancy.own}) is not true and ${column} is not null order by ${column} limit 1) as other`,
  );
  if (row === undefined || row.other === null) return { probes: [], remarks: [] };
  const mine = Number(row.own);
  const chosen = mine <= triedRows ? '' : ` where pg_catalog.random() < ${triedRows / mine}`;
  const left = `select pg_catalog.count(*) from ${table.name} where ${tenancy.own}`;
  const check = (to: string, prepare: readonly string[]): Check => ({
    sql: `update ${table.name} set ${column} = ${quoteLiteral(to)}${chosen};\nreset role;\n${left}`,
    role,
    settings: tenancy.settings,
    answer: 'value',
    prepare,
  });
  const given = (seen: Seen) => (seen.kind === 'value' ? mine - Number(seen.value) : undefined);
  const byTrigger = table.triggers && (await isKept(session, check(tenant, []), check(row.other, []), given));
  const probe: Probe = {
    key: `${table.name}:give-away`,
    subject: `${table.name}: UPDATE that gives its own rows to another tenant as ${role}`,
    label: 'UPDATE to another tenant',
    check: check(row.other, byTrigger ? [] : triggersOff(table)),
    judge: (seen) => {
      const count = given(seen);
      if (count !== undefined) return count === 0 ? 'holds' : 'violated';
      return byTrigger && seen.kind === 'error' && refusal(seen.sql) === 'guard' ? 'holds' : judgeWriting(seen);
    },
    expected: 'none',
    show: (seen) => {
      const constraint = seen.kind === 'error' ? seen.sql.constraint : undefined;
      if (constraint !== undefined) return `past the policies, and stopped only by ${constraint}`;
      return given(seen) === undefined ? showSeen(seen) : `${showCount(given(seen) ?? 0, 'row')} given away`;
    },
    breakings: byTrigger
      ? async () => [
          { what: `triggers and policies of ${table.name} off`, statements: [...triggersOff(table), `alter table ${table.name} disable row level security`] },
        ]
      : policiesOff(table),
    cure: `Correct the policies of ${table.name} for UPDATE: WITH CHECK has to name the tenant, as USING does.`,
  };
  return { probes: [probe], remarks: [] };
}

/** Whether triggers let a role write its own tenant, and not another one. */
async function isKept(session: Session, control: Check, gift: Check, given: (seen: Seen) => number | undefined): Promise<boolean> {
  const [same, other] = [await tryCheck(session, control), await tryCheck(session, gift)];
  if (same.kind !== 'seen' || other.kind !== 'seen' || given(same.seen) !== 0) return false;
  if (other.seen.kind === 'error') return other.seen.sql.sqlstate !== '42501' && refusal(other.seen.sql) === 'guard';
  return given(other.seen) === 0;
}
