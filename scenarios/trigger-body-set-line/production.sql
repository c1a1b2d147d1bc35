create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  name text not null,
  changes integer not null default 0,
  name_changes integer not null default 0
);
create function public.count_change() returns trigger
language plpgsql
as $$
begin
  UPDATE public.item
SET changes = changes + 1
  WHERE id = new.id;
  return null;
end
$$;
create trigger item_count after update of name on public.item for each row execute function public.count_change();

reset role;

insert into public.item (name) select 'item ' || g from generate_series(1, 100) g;
insert into public.schema_migrations values ('0001_start');
