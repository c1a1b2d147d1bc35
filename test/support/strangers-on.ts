import type { Address } from '../../src/core/server.ts';
import { ask } from './own-server.ts';

/** What is on a server besides what a new one has: databases and roles, by name. */
export async function strangersOn(server: Address): Promise<readonly string[]> {
  const rows = await ask(
    server,
    `select 'database ' || datname as name from pg_catalog.pg_database where datname not in ('postgres', 'template0', 'template1')
     union all select 'role ' || rolname from pg_catalog.pg_roles where rolname <> 'postgres' and rolname !~ '^pg_' order by 1`,
  );
  return rows.map(({ name }) => String(name));
}
