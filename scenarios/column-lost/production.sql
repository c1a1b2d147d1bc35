create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  label text not null,
  code varchar(20),
  colour text,
  weight_g integer
);

reset role;

insert into public.item (label, code, colour, weight_g)
select 'item ' || g, 'code-' || g * 1000, (array['red', 'green', 'blue'])[g % 3 + 1], g from generate_series(1, 300) g;
insert into public.schema_migrations values ('0001_start');
