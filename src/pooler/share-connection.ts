import { randomInt } from 'node:crypto';
import { SqlError } from '../core/failure.ts';
import type { SharedConnection } from '../core/pooling.ts';
import type { Context, Session } from '../core/ports.ts';
import type { Address } from '../core/server.ts';
import { quoteIdentifier } from '../sql/quote.ts';
import { type ConnectionState, lookAtConnection, whatIsNew } from './look-at-connection.ts';

export interface FirstClient {
  /** Both clients log in by it: an alias and role of the pooler’s that nobody else uses. */
  readonly address: Address;
  /** What it says inside of one transaction, statement by statement. */
  readonly statements: readonly string[];
  /** Its transaction may change nothing in the database. */
  readonly readOnly: boolean;
  /** Settings of the team’s own that the next client asks for. */
  readonly names: readonly string[];
}

const readsMs = 600_000;

/**
 * Lets one client run a transaction through the pooler and commit it, and looks with the next one at what is left on the connection that both share. Where nothing is,
 * a client that does leave things behind follows, to show that they would have been seen.
 *
 * The connection is ended then, so that no lock of it stands in anybody’s way. A doubt where the two didn’t share a connection, where the first client’s SQL failed, or where it did nothing that could be seen even inside of its transaction.
 *
 * @param admin a superuser’s session that doesn’t go through the pooler
 */
export async function shareConnection(context: Context, admin: Session, first: FirstClient): Promise<SharedConnection> {
  const open = async () => {
    const connected = await context.edge.postgres.connect(first.address, { applicationName: 'pgrehearse pooling', timeoutMs: 60_000, signal: context.signal });
    return connected.ok ? connected.value : doubt(`nobody gets in through the pooler: ${connected.failure.message}`, connected.failure.cure);
  };
  const one = await open();
  if ('kind' in one) return one;
  await using clientOne = one;
  const next = await open();
  if ('kind' in next) return next;
  await using clientTwo = next;
  try {
    const { pid } = await lookAtConnection(clientTwo, []);
    try {
      return await share(clientOne, clientTwo, first);
    } finally {
      await admin.query('select pg_catalog.pg_terminate_backend($1)', [pid]);
    }
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { ...doubt(`it could not be looked at: ${error.fields.message}`, 'Look at the pooler’s and the clone’s logs.'), sql: error.fields };
  }
}

async function share(one: Session, next: Session, { statements, readOnly, names }: FirstClient): Promise<SharedConnection> {
  const before = await lookAtConnection(next, names);
  const ran = await transaction(one, names, statements, readOnly);
  if ('sql' in ran) {
    const { sql } = ran;
    return {
      ...doubt(
        `its SQL failed: ${sql.message} (SQLSTATE ${sql.sqlstate})`,
        'Correct the SQL; it runs on the migrated schema, in one transaction, as its role.',
      ),
      sql,
    };
  }
  const after = await lookAtConnection(next, names);
  if (after.pid !== ran.pid || before.pid !== ran.pid)
    return doubt('the two clients did not share a connection of the server', 'Look whether something else ends connections of the clone.');
  const left = whatIsNew(before, after);
  if (left.length > 0) return { kind: 'tried', left, seenToLeave: [], notSeen: [] };
  if (ran.did.length === 0)
    return doubt(
      'nothing was seen to change on its connection, not even inside of its transaction',
      'Name the settings that it makes in the entry’s settings, or take the entry out: it leaves nothing because it does nothing.',
    );
  const settings = ran.did.flatMap(({ kind, name }) => (kind === 'setting' ? [name] : []));
  return await seenToLeave(one, next, names, after, settings);
}

type Ran = { readonly pid: number; readonly did: ReturnType<typeof whatIsNew> } | { readonly sql: SqlError['fields'] };

/** Runs the transaction and commits it; `did`: what was new on the connection just before the commit. */
async function transaction(session: Session, names: readonly string[], statements: readonly string[], readOnly: boolean): Promise<Ran> {
  try {
    await session.execute(`begin${readOnly ? ' read only' : ''}; set local statement_timeout = ${readsMs}; set local lock_timeout = '10s'`);
    const begun = await lookAtConnection(session, names);
    for (const statement of statements) await session.execute(statement);
    const done = await lookAtConnection(session, names);
    await session.execute('commit');
    return { pid: done.pid, did: whatIsNew(begun, done) };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    await session.execute('rollback');
    return { sql: error.fields };
  }
}

const ours = 'pgrehearse.left_behind';

/** The vacuity guard: the same two clients, the same connection, and SQL that is known to leave things behind. */
async function seenToLeave(
  one: Session,
  next: Session,
  names: readonly string[],
  clean: ConnectionState,
  settings: readonly string[],
): Promise<SharedConnection> {
  const ways: readonly { readonly what: string; readonly kind: string; readonly name?: string; readonly sql: string; readonly must?: true }[] = [
    ...settings
      .filter((name) => name.includes('.'))
      .map((name) => ({
        ...{ what: `SET ${name}`, kind: 'setting', name, must: true as const },
        sql: `set ${name.split('.').map(quoteIdentifier).join('.')} = 'left behind'`,
      })),
    { what: 'SET', kind: 'setting', name: ours, sql: `set ${ours} = 'left behind'`, must: true },
    { what: 'PREPARE', kind: 'prepared-statement', sql: 'prepare pgrehearse_left_behind as select 1' },
    { what: 'pg_advisory_lock()', kind: 'advisory-lock', sql: `select pg_catalog.pg_try_advisory_lock(${randomInt(2 ** 31)}, ${randomInt(2 ** 31)})` },
    { what: 'LISTEN', kind: 'listening', sql: 'listen pgrehearse_left_behind' },
    { what: 'CREATE TEMP TABLE', kind: 'temporary-table', sql: 'create temporary table pgrehearse_left_behind ()' },
    { what: 'DECLARE … WITH HOLD', kind: 'cursor', sql: 'declare pgrehearse_left_behind cursor with hold for select 1' },
  ];
  const seen: string[] = [];
  const notSeen: string[] = [];
  const asked = [...names, ours];
  let before: ConnectionState = { ...clean, custom: { ...clean.custom, [ours]: null } };
  for (const { what, kind, name, sql, must } of ways) {
    const failed = await said(one, sql);
    const after = await lookAtConnection(next, asked);
    const left = whatIsNew(before, after).some((each) => each.kind === kind && (name === undefined || each.name.toLowerCase() === name.toLowerCase()));
    if (left) seen.push(what);
    else if (must === true) {
      return doubt(`nothing of it was left, but ${what} was not seen to be left either`, 'Look whether something before or on the clone resets connections.');
    } else notSeen.push(failed === undefined ? what : `${what} (${failed})`);
    before = after;
  }
  return { kind: 'tried', left: [], seenToLeave: seen, notSeen };
}

async function said(session: Session, sql: string): Promise<string | undefined> {
  try {
    await session.execute('begin');
    await session.execute(sql);
    await session.execute('commit');
    return undefined;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    await session.execute('rollback');
    return error.fields.message;
  }
}

function doubt(reason: string, cure: string) {
  return { kind: 'doubt' as const, reason, cure };
}
