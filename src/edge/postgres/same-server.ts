import { randomBytes } from 'node:crypto';
import { failure } from '../../core/failure.ts';
import type { PostgresPort, Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Address, showAddress } from '../../core/server.ts';

export type Kinship = 'same-database' | 'same-server' | 'different';

/** Which database the sessions with a nonce as application_name are in, as seen from here. Name and database can be read by every role. */
const WHERE_IS_NONCE = `
  select datname as database
  from pg_catalog.pg_stat_activity
  where application_name = $1
  order by pid`;

/** The name that a server knows a session by. */
const OWN_NAME = "select pg_catalog.current_setting('application_name') as name";

/** How many sessions hide their application_name from this role. A session without one has an empty name, not none. */
const HIDDEN = `
  select count(*)::int as hidden
  from pg_catalog.pg_stat_activity
  where application_name is null`;

/**
 * Finds out by experiment whether two addresses lead to the same server: a connection to the target carries a random application_name, which is
 * looked for in the list of the source's sessions. Names, ports and the system identifier prove nothing: a tunnel changes the first two, a
 * physical copy has the third.
 *
 * "Not seen" only counts when it could have been seen: the source's list must show a second connection of ours, and the target's server must know
 * our session by the nonce, which a pooler may have dropped. Else, and when a query fails, the answer is a failure `target-is-source`. A primary
 * and its replica are different servers.
 */
export async function isSameServer(postgres: Pick<PostgresPort, 'connect'>, source: Address, target: Address, signal?: AbortSignal): Promise<Result<Kinship>> {
  const stop = signal === undefined ? {} : { signal };
  const nonces = { control: makeNonce(), target: makeNonce() };
  const observer = await postgres.connect(source, {
    applicationName: makeNonce(),
    readOnly: { statementTimeoutMs: 30_000, lockTimeoutMs: 5_000 },
    ...stop,
  });
  if (!observer.ok) return observer;
  await using watching = observer.value;
  const control = await postgres.connect(source, {
    applicationName: nonces.control,
    readOnly: { statementTimeoutMs: 30_000, lockTimeoutMs: 5_000 },
    ...stop,
  });
  if (!control.ok) return control;
  await using _control = control.value;
  const there = await postgres.connect(target, { applicationName: nonces.target, ...stop });
  if (!there.ok) return there;
  await using _there = there.value;
  try {
    // The open transaction keeps a pooler from giving the server's session, and its name, to somebody else meanwhile.
    await there.value.execute('begin transaction read only');
    const [own] = await there.value.query<{ name: string }>(OWN_NAME);
    if (own?.name !== nonces.target) return undecidable(source, target, 'a pooler before the target changes the names of sessions');
    const controls = await databasesOf(watching, nonces.control);
    if (controls.length !== 1 || controls[0] === null)
      return undecidable(source, target, 'the list of sessions at the source doesn’t show our own connections');
    const [row] = await watching.query<{ hidden: number }>(HIDDEN);
    if (row?.hidden !== 0) return undecidable(source, target, 'the source hides the names of sessions from this role: grant it pg_read_all_stats');
    const targets = await databasesOf(watching, nonces.target);
    if (targets.length === 0) return ok('different');
    const [database] = targets;
    if (database === null || database === undefined) return undecidable(source, target, 'the target’s session is at the source, its database can’t be seen');
    return ok(database === controls[0] ? 'same-database' : 'same-server');
  } catch (error) {
    return undecidable(source, target, error instanceof Error ? error.message : String(error));
  }
}

/** Short enough for application_name, which is cut after 63 bytes. */
function makeNonce(): string {
  return `pgrehearse-nonce-${randomBytes(16).toString('hex')}`;
}

async function databasesOf(session: Session, nonce: string): Promise<readonly (string | null)[]> {
  const rows = await session.query<{ database: string | null }>(WHERE_IS_NONCE, [nonce]);
  return rows.map(({ database }) => database);
}

function undecidable(source: Address, target: Address, why: string) {
  return fail(
    failure('target-is-source', `it can’t be proven that ${showAddress(target)} is not the source ${showAddress(source)}: ${why}`, {
      object: showAddress(target),
      cure: 'Use the addresses of the servers themselves, not of a pooler; nothing was changed.',
    }),
  );
}
