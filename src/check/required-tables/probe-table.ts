import { randomBytes } from 'node:crypto';
import type { RequiredTable } from '../../config/schema.ts';
import { SqlError, type SqlErrorFields } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { mayBecome } from '../../sql/may-become.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { splitStatements } from '../../sql/split-statements.ts';
import { transactionVerb } from '../../sql/transaction-verb.ts';
import { applyRoleSettings } from '../apply-role-settings.ts';
import { buildInsert, readTemplate, type Template } from './build-insert.ts';
import { type MissingRight, missingRights } from './missing-rights.ts';
import { type RequiredTableFacts, readTable } from './read-table.ts';

/** A table that is tried, with the role as which it is. */
export interface WantedTable extends Pick<RequiredTable, 'table' | 'settings' | 'insert'> {
  readonly role: string;
}

/** What became of one statement. */
export type Attempt =
  | { readonly kind: 'worked'; readonly rows: number }
  | { readonly kind: 'refused'; readonly sql: SqlErrorFields; readonly missing: readonly MissingRight[] }
  /** None could be made, or the application writes nothing there. */
  | { readonly kind: 'not-tried'; readonly why: string };

export type TableProbe =
  | { readonly kind: 'missing' }
  /** The role can't be had, or its settings can't be made. */
  | { readonly kind: 'not-run'; readonly what: 'role' | 'settings'; readonly sql: SqlErrorFields }
  | {
      readonly kind: 'tried';
      /** Quoted as needed. */
      readonly sqlName: string;
      readonly rowSecurity: boolean;
      /** Rows that are there, whether or not the role sees them: one is enough. */
      readonly hasRows: boolean;
      readonly select: Attempt;
      readonly insert: Attempt;
      readonly insertSql: string | undefined;
      /** Why nothing could refuse this role; undefined where something could. */
      readonly unstoppable: string | undefined;
      /** Whether a role without rights was refused both: only then would a missing right have been noticed. */
      readonly refusesOthers: boolean;
    };

const limits = "set local statement_timeout = '1min'; set local lock_timeout = '10s'";

/**
 * Reads and writes a table as the application's role would, in transactions that are rolled back: `select … limit 1` and one INSERT. Then does the same as a role
 * without any rights, which must be refused.
 *
 * @param session a superuser's. Sequences move on all the same. Throws SqlError where our own part fails.
 */
export async function probeTable(session: Session, wanted: WantedTable): Promise<TableProbe> {
  await session.execute('begin');
  try {
    await session.execute(limits);
    const table = await readTable(session, wanted.table);
    if (table === undefined) return { kind: 'missing' };
    const unset = await failureOf(session, () => applyRoleSettings(session, wanted.role, wanted.settings));
    if (unset !== undefined) return { kind: 'not-run', what: 'settings', sql: unset };
    const refused = await failureOf(session, () => session.execute(`${mayBecome(session, wanted.role)}; set local role ${quoteIdentifier(wanted.role)}`));
    if (refused !== undefined) return { kind: 'not-run', what: 'role', sql: refused };
    const select = await tryRead(session, table, wanted.role);
    const { insert, insertSql } = await tryInsert(session, table, wanted);
    await session.execute('reset role');
    const [seen] = await session.query<{ rows: boolean }>(`select exists (select from ${table.sqlName}) as rows`);
    const unstoppable = await whyUnstoppable(session, table, wanted.role);
    await session.execute('rollback');
    const { sqlName, rowSecurity } = table;
    const refusesOthers = await refusesNobody(session, table, wanted, insert.kind === 'not-tried' ? undefined : insertSql);
    return { kind: 'tried', sqlName, rowSecurity, hasRows: seen?.rows === true, select, insert, insertSql, unstoppable, refusesOthers };
  } finally {
    await session.execute('rollback');
  }
}

const readOf = ({ sqlName }: RequiredTableFacts) => `select from ${sqlName} limit 1`;

async function tryRead(session: Session, table: RequiredTableFacts, role: string): Promise<Attempt> {
  return await attempt(session, table, role, 'select', readOf(table));
}

async function attempt(session: Session, table: RequiredTableFacts, role: string, what: 'select' | 'insert', sql: string): Promise<Attempt> {
  let rows = 0;
  const failed = await failureOf(session, async () => {
    // A session of the role begins so; one that is there already must be told, for this statement alone.
    if (what === 'insert' && (await beginsReadOnly(session, role))) await session.execute('set local transaction_read_only = on');
    rows = (await session.execute(sql)).at(-1)?.rows ?? 0;
    // A deferred constraint would speak up only at the commit that never comes.
    if (what === 'insert') await session.execute('set constraints all immediate');
  });
  if (failed === undefined) return { kind: 'worked', rows };
  return { kind: 'refused', sql: { ...failed, statement: sql }, missing: failed.sqlstate === '42501' ? await missingRights(session, table, role, what) : [] };
}

/** What a log-in of the role in this database begins with: the role's own word there wins, then the role's, then the database's. */
async function beginsReadOnly(session: Session, role: string): Promise<boolean> {
  const [row] = await session.query<{ on: boolean }>(
    `select (pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1))::boolean as on
     from pg_catalog.pg_db_role_setting s cross join pg_catalog.unnest(s.setconfig) as c
     where c like 'default_transaction_read_only=%' and (s.setrole = 0 or s.setrole = (select r.oid from pg_catalog.pg_roles r where r.rolname = $1))
       and s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))
     order by s.setrole = 0, s.setdatabase = 0 limit 1`,
    [role],
  );
  return row?.on === true;
}

async function tryInsert(
  session: Session,
  table: RequiredTableFacts,
  { insert, role }: WantedTable,
): Promise<{ readonly insert: Attempt; readonly insertSql: string | undefined }> {
  if (insert === false) return { insert: { kind: 'not-tried', why: 'the application only reads it' }, insertSql: undefined };
  if (insert !== undefined) {
    const ending = splitStatements(insert).find(({ text }) => transactionVerb(text) !== 'none');
    if (ending !== undefined) return { insert: { kind: 'not-tried', why: `its INSERT says ${ending.text}` }, insertSql: insert };
    return { insert: await attempt(session, table, role, 'insert', insert), insertSql: insert };
  }
  // A row that the role sees belongs to it: under row level security another may be somebody else's.
  let template: Template | undefined;
  await failureOf(session, async () => {
    template = await readTemplate(session, table);
  });
  await session.execute('reset role');
  let why = 'its INSERT could not be made';
  let built: string | undefined;
  const failed = await failureOf(session, async () => {
    template ??= await readTemplate(session, table);
    const made = await buildInsert(session, table, template);
    if (made.kind === 'built') built = made.sql;
    else why = made.why;
  });
  await session.execute(`set local role ${quoteIdentifier(role)}`);
  if (failed !== undefined) why = `a row of another table could not be made: ${failed.message}`;
  if (built === undefined) return { insert: { kind: 'not-tried', why }, insertSql: undefined };
  return { insert: await attempt(session, table, role, 'insert', built), insertSql: built };
}

/** Whom nothing stops proves nothing: neither a grant nor a policy is asked. */
async function whyUnstoppable(session: Session, { oid, rowSecurity, forced, sqlName }: RequiredTableFacts, role: string): Promise<string | undefined> {
  const [row] = await session.query<{ superuser: boolean; bypass: boolean; owner: boolean }>(
    `select r.rolsuper as superuser, r.rolbypassrls as bypass, pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE') as owner
     from pg_catalog.pg_roles r cross join pg_catalog.pg_class c where r.rolname = $1 and c.oid = $2::pg_catalog.oid`,
    [role, oid],
  );
  if (row?.superuser === true) return `${role} is a superuser, whom no missing right stops`;
  if (!rowSecurity) return undefined;
  if (row?.bypass === true) return `${role} has BYPASSRLS, so no policy of ${sqlName} stops it`;
  return row?.owner === true && !forced ? `${role} owns ${sqlName}, whose row level security is not forced for its owner` : undefined;
}

/** Tries as somebody who may do nothing, not even what everybody may. */
async function refusesNobody(session: Session, table: RequiredTableFacts, wanted: WantedTable, insertSql: string | undefined): Promise<boolean> {
  const nobody = `pgrehearse_nobody_${randomBytes(6).toString('hex')}`;
  await session.execute('begin');
  try {
    // A policy's expression may be worked out before any right is asked for.
    await applyRoleSettings(session, wanted.role, wanted.settings);
    await session.execute(
      `${limits}; revoke all on ${table.sqlName} from public; create role ${nobody}; ${mayBecome(session, nobody)}; set local role ${nobody}`,
    );
    for (const sql of [readOf(table), insertSql]) {
      if (sql !== undefined && (await failureOf(session, () => session.execute(sql)))?.sqlstate !== '42501') return false;
    }
    return true;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return false;
  } finally {
    await session.execute('rollback');
  }
}

/** Runs something under a savepoint of its own, so that the transaction goes on; as the role that it was. */
async function failureOf(session: Session, run: () => Promise<unknown>): Promise<SqlErrorFields | undefined> {
  await session.execute('savepoint pgrehearse');
  try {
    await run();
    await session.execute('release savepoint pgrehearse');
    return undefined;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    await session.execute('rollback to savepoint pgrehearse');
    return error.fields;
  }
}
