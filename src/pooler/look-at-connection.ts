import type { LeftBehind } from '../core/pooling.ts';
import type { Session } from '../core/ports.ts';

/** What there is on a connection of the server, besides what every new one has. */
export interface ConnectionState {
  readonly pid: number;
  readonly user: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Settings of the team’s own; null where nobody has ever made them. */
  readonly custom: Readonly<Record<string, string | null>>;
  readonly prepared: readonly string[];
  readonly locks: readonly string[];
  readonly channels: readonly string[];
  readonly tables: readonly string[];
  readonly cursors: readonly string[];
}

/** PgBouncer itself gives each client its own of these. */
const carried = ['client_encoding', 'DateStyle', 'TimeZone', 'standard_conforming_strings', 'application_name'];

/** All that one client can leave to the next, in one statement, which is one transaction. */
const stateQuery = `
select pg_catalog.pg_backend_pid() as pid, current_user::text as "user",
  (select coalesce(pg_catalog.jsonb_object_agg(s.name, s.setting), '{}') from pg_catalog.pg_settings s
   where s.source = 'session' and s.name <> all ($2::text[])) as settings,
  (select coalesce(pg_catalog.jsonb_object_agg(n, pg_catalog.current_setting(n, true)), '{}') from pg_catalog.unnest($1::text[]) as u (n)) as custom,
  (select coalesce(pg_catalog.jsonb_agg(p.name order by p.name), '[]') from pg_catalog.pg_prepared_statements p) as prepared,
  (select coalesce(pg_catalog.jsonb_agg(l.classid || '/' || l.objid order by l.classid::bigint, l.objid::bigint), '[]') from pg_catalog.pg_locks l
   where l.locktype = 'advisory' and l.pid = pg_catalog.pg_backend_pid()) as locks,
  (select coalesce(pg_catalog.jsonb_agg(c order by c), '[]') from pg_catalog.pg_listening_channels() as c) as channels,
  (select coalesce(pg_catalog.jsonb_agg(c.relname order by c.relname), '[]') from pg_catalog.pg_class c
   where c.relnamespace = pg_catalog.pg_my_temp_schema() and c.relkind in ('r', 'p', 'v', 'S')) as tables,
  (select coalesce(pg_catalog.jsonb_agg(c.name order by c.name), '[]') from pg_catalog.pg_cursors c where c.is_holdable) as cursors`;

/** @param names settings of the team’s own to ask for */
export async function lookAtConnection(session: Session, names: readonly string[]): Promise<ConnectionState> {
  const [state] = await session.query<ConnectionState>(stateQuery, [names, carried]);
  if (state === undefined) throw new Error('one row is always there');
  return state;
}

/** What is there now, and wasn’t before. An empty text is what SET LOCAL leaves of a setting for ever, and as good as none. */
export function whatIsNew(before: ConnectionState, now: ConnectionState): readonly LeftBehind[] {
  const added = (kind: LeftBehind['kind'], were: readonly string[], are: readonly string[]) =>
    are.filter((name) => !were.includes(name)).map((name): LeftBehind => ({ kind, name }));
  const changed = (were: Readonly<Record<string, string | null>>, are: Readonly<Record<string, string | null>>) =>
    Object.entries(are).flatMap(([name, value]): LeftBehind[] => ((value ?? '') === (were[name] ?? '') ? [] : [{ kind: 'setting', name, value: value ?? '' }]));
  const reset = Object.entries(before.settings).flatMap(([name]): LeftBehind[] =>
    name in now.settings ? [] : [{ kind: 'setting', name, value: 'its default' }],
  );
  return [
    ...changed(before.custom, now.custom),
    ...changed(before.settings, now.settings),
    ...reset,
    ...(before.user === now.user ? [] : [{ kind: 'role', name: now.user, value: now.user } as const]),
    ...added('prepared-statement', before.prepared, now.prepared),
    ...added('advisory-lock', before.locks, now.locks),
    ...added('listening', before.channels, now.channels),
    ...added('temporary-table', before.tables, now.tables),
    ...added('cursor', before.cursors, now.cursors),
  ];
}
