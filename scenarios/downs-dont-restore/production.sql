create role shop_migrator login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  code text not null,
  label text
);
create index item_code on public.item (code);

reset role;

insert into public.item (code, label) select 'code ' || g, 'item ' || g from generate_series(1, 300) g;
insert into public.schema_migrations values ('0001_start');
