create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create table public.entry (
  id bigint generated always as identity primary key,
  amount_cents integer not null
);
create function public.refuse() returns trigger
language plpgsql
as $$
begin
  raise exception 'append-only' using errcode = 'restrict_violation';
end
$$;
create trigger entry_append_only before update or delete on public.entry for each row execute function public.refuse();

reset role;

insert into public.entry (amount_cents) select g from generate_series(1, 100) g;
insert into public.schema_migrations values ('0001_start');
