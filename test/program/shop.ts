import { unhurried } from '../support/unhurried.ts';

/** A small shop's production, as a superuser makes it; its first migration has run. */
export const shopProduction = `
do $$ begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'shop_migrator') then create role shop_migrator login; end if;
  execute format('alter database %I owner to shop_migrator', current_database());
end $$;
set role shop_migrator;
create table public.schema_migrations (version text primary key);
create table public.item (id bigint generated always as identity primary key, name text not null);
reset role;
insert into public.item (name) select 'item ' || n from generate_series(1, 50) as n;
insert into public.schema_migrations values ('0001_start');`;

const start = `create table public.schema_migrations (version text primary key);
create table public.item (id bigint generated always as identity primary key, name text not null);
`;

/** The shop's repo: one migration is pending, and does what head.sql says. */
export const shopFiles: Readonly<Record<string, string>> = {
  'migrations/0001_start.sql': start,
  'migrations/0002_note.sql': 'alter table public.item add column note text;\n',
  'schema/head.sql': `${start}alter table public.item add column note text;\n`,
};

type Section = Readonly<Record<string, unknown>>;

/** The shop's configuration; a key whose value is undefined is left out. */
export function shopSettings({ source, migrate, ...others }: { readonly source?: Section; readonly migrate?: Section; readonly [key: string]: unknown } = {}) {
  const ledger = { table: 'public.schema_migrations', column: 'version' };
  return {
    source: source ?? { urlVariable: 'PRODUCTION_URL', allowPrimary: true },
    migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', role: 'shop_migrator', ledger, ...migrate },
    baseline: { mode: 'init-at-head', schema: ['schema/head.sql'] },
    ...unhurried,
    ...others,
  };
}
