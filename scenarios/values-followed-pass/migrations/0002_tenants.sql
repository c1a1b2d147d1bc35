set lock_timeout = '5s';
alter table public.customer rename legal_entity_id to tenant_id;
alter table public.customer add joined_at timestamptz;
update public.customer set joined_at = joined at time zone 'UTC';
alter table public.customer drop joined;
-- pgrehearse: changes public.customer(fax): nobody has sent a fax since 2019
alter table public.customer drop fax;
