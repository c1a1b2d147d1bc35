/** A production with PostGIS, which embedded servers lack, and the repo that migrates it. */
export const mapProduction = `
do $$ begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'map_migrator') then create role map_migrator login superuser; end if;
  execute format('alter database %I owner to map_migrator', current_database());
end $$;
alter database map set timezone = 'Europe/Berlin';
create extension postgis;
set role map_migrator;
create table public.schema_migrations (version text primary key);
insert into public.schema_migrations values ('0001_start');
create table public.place (id bigint generated always as identity primary key, name text not null, at geometry(point, 4326) not null);
create index place_at on public.place using gist (at);
insert into public.place (name, at) select 'place ' || n, st_setsrid(st_makepoint(n % 180, n % 90), 4326) from generate_series(1, 2000) as n;
reset role;
-- The extension's configuration table: rows of one's own are part of the data.
insert into public.spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text) values (990001, 'ours', 1, 'LOCAL_CS["yard"]', '+proj=longlat');`;

const start = `create table public.schema_migrations (version text primary key);
create table public.place (id bigint generated always as identity primary key, name text not null, at geometry(point, 4326) not null);
create index place_at on public.place using gist (at);
`;
const change = `alter table public.place add column around geometry(polygon, 4326);
update public.place set around = st_buffer(at, 0.1, 1)::geometry(polygon, 4326);
alter table public.place alter column around set not null;
create index concurrently place_around on public.place using gist (around);
`;
export const mapFiles = {
  'migrations/0001_start.sql': start,
  'migrations/0002_note.sql': change,
  'schema/extensions.sql': 'create extension if not exists postgis;\n',
};

export const mapSettings = {
  migrate: { role: 'map_migrator' },
  baseline: { mode: 'init-then-migrations', schema: ['schema/extensions.sql'] },
  data: {
    bounds: [{ table: 'public.place', updated: 2000, rows: 2000 }],
    invariants: [
      {
        name: 'own-reference-system',
        sql: 'select srid from public.spatial_ref_sys where srid = 990001',
        expect: { rows: 1 },
        breakWith: 'delete from public.spatial_ref_sys where srid = 990001',
      },
      {
        name: 'database-setting',
        sql: "select current_setting('TimeZone')",
        expect: { value: 'Europe/Berlin' },
        breakWith: "set local timezone = 'UTC'",
      },
    ],
  },
};
