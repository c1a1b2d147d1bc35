import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (name: string) => readFileSync(join(import.meta.dirname, `../../../examples/staging-sync/${name}.sql`), 'utf8');

/** A book collector's production, fourteen tables and a ledger, two of them with a column that staging has as jsonb: numeric and text[]. */
export const bookProduction = `${read('schema')}\n${read('production')}`;

/** Its staging, a few migrations ahead. */
export const bookStaging = `${read('schema')}\n${read('app/migrations/1_6575f61')}\n${read('staging')}`;

/** What of users and keys has to be decided before it may go to staging. */
export const bookMasks = {
  'public.users.email': 'fake:email',
  'public.users.name': 'fake:name',
  'public.api_keys.key_hash': { sql: "pg_catalog.sha256('masked'::bytea || key_hash)" },
  'public.authors.name': { keep: 'authors are known to everybody' },
  'public.publishers.address': { keep: 'addresses of companies' },
  'public.eval_runbooks.notes': { keep: 'about books, and nobody else' },
} as const;
