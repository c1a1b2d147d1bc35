create role crm_migrator login;
do $$ begin execute format('alter database %I owner to crm_migrator', current_database()); end $$;

set role crm_migrator;

create table public.schema_migrations (version text primary key);
create table public.customer (
  id integer generated always as identity primary key,
  legal_entity_id integer,
  code char(12) not null,
  balance numeric(12, 2) not null,
  joined timestamp not null,
  fax text
);

reset role;

insert into public.customer (legal_entity_id, code, balance, joined, fax)
select g % 40, 'C' || g, (g - 150) * 1.25, timestamp '2026-01-01' + g * interval '1 hour', case when g % 3 = 0 then '+44 ' || g end
from generate_series(1, 300) g;
insert into public.schema_migrations values ('0001_start');
