create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.flyway_schema_history (
  installed_rank integer not null constraint flyway_schema_history_pk primary key,
  version varchar(50),
  description varchar(200) not null,
  type varchar(20) not null,
  script varchar(1000) not null,
  checksum integer,
  installed_by varchar(100) not null,
  installed_on timestamp not null default now(),
  execution_time integer not null,
  success boolean not null
);
create index flyway_schema_history_s_idx on public.flyway_schema_history (success);

create table public.item (
  id bigint generated always as identity primary key,
  name text not null,
  price_cents integer not null
);
create view public.priced as
select i.id, i.name, i.price_cents from public.item i;

reset role;

insert into public.item (name, price_cents) select 'item ' || g, 100 + g from generate_series(1, 500) g;
-- Production was there before Flyway; the view is the one of an earlier file.
insert into public.flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
values
  (1, '1', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', null, 'shop_migrator', 0, true),
  (2, null, 'priced', 'SQL', 'R__priced.sql', 1234567, 'shop_migrator', 3, true);
