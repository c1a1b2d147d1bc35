import { SqlError, type SqlErrorFields } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { mayBecome } from '../../sql/may-become.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { statementTexts } from '../../sql/split-statements.ts';
import { applyRoleSettings } from '../apply-role-settings.ts';
import { failureOf } from '../failure-of.ts';
import type { Seen } from './expectation.ts';
import type { Check } from './probe.ts';

export type Tried =
  | { readonly kind: 'seen'; readonly seen: Seen }
  /** What comes before the check's last statement failed: its settings, its role, what had to be prepared, or the breaking. */
  | { readonly kind: 'not-run'; readonly what: 'settings' | 'role' | 'preparation' | 'breaking'; readonly sql: SqlErrorFields };

/** Limits for the check and the breaking: nobody else works on the clone, so a lock that can't be had is our own fault. */
const limits = "set local statement_timeout = '10min'; set local lock_timeout = '10s'";

/** Functions of extensions that run SQL in a session of their own, which no rollback here takes back. */
const elsewhere = `
from pg_catalog.pg_depend d join pg_catalog.pg_extension e on e.oid = d.refobjid
where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  and d.deptype = 'e' and e.extname in ('dblink', 'pg_background', 'http', 'plproxy')
  and p.prolang = (select l.oid from pg_catalog.pg_language l where l.lanname = 'c')`;

/**
 * They are unknown for as long as the transaction lasts. Copies come with them switched off; a migration may have brought them anew. A superuser alone may do that:
 * where there is none of them, nobody has to be one.
 */
export const noOtherSessions = `
do $$ begin
  if exists (select from pg_catalog.pg_proc p where exists (select ${elsewhere})) then
    update pg_catalog.pg_proc p set prosrc = 'switched_off_in_an_invariant' ${elsewhere};
  end if;
end $$`;

/**
 * Runs a check once, in a transaction that is always rolled back: as its role, with its settings, after `breaking` if there is any.
 * The session must be a superuser's, or in place the master's. Of several statements the last one is judged. None of them may end a transaction.
 */
export async function tryCheck(session: Session, check: Check, breaking: readonly string[] = []): Promise<Tried> {
  try {
    await session.execute(`begin; ${limits}; ${noOtherSessions}`);
    for (const [what, statements] of [['preparation', check.prepare ?? []] as const, ['breaking', breaking] as const]) {
      const failed = statements.length === 0 ? undefined : await failureOf(() => session.execute(statements.join(';\n')));
      if (failed !== undefined) return { kind: 'not-run', what, sql: failed };
    }
    const unset = await failureOf(() => applyRoleSettings(session, check.role, check.settings));
    if (unset !== undefined) return { kind: 'not-run', what: 'settings', sql: unset };
    const { role } = check;
    const refused =
      role === undefined ? undefined : await failureOf(() => session.execute(`${mayBecome(session, role)}; set local role ${quoteIdentifier(role)}`));
    if (refused !== undefined) return { kind: 'not-run', what: 'role', sql: refused };
    return { kind: 'seen', seen: await see(session, check) };
  } finally {
    await session.execute('rollback');
  }
}

async function see(session: Session, { sql, answer, settleConstraints }: Check): Promise<Seen> {
  const statements = statementTexts(sql);
  const last = statements.at(-1) ?? '';
  try {
    for (const statement of statements.slice(0, -1)) await session.execute(statement);
    const seen = answer === 'value' ? await seeValue(session, last) : { kind: 'rows' as const, rows: (await session.execute(last)).at(-1)?.rows ?? null };
    if (settleConstraints === true) await session.execute('set constraints all immediate');
    return seen;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { kind: 'error', sql: { ...error.fields, statement: last } };
  }
}

async function seeValue(session: Session, sql: string): Promise<Seen> {
  const rows = await session.query<Record<string, unknown>>(sql);
  return { kind: 'value', rows: rows.length, value: Object.values(rows[0] ?? {})[0] ?? null };
}
