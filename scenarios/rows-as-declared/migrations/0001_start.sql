create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  name text not null unique,
  price_cents integer not null
);
create table public.invoice (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  item_id bigint not null references public.item
);
alter table public.invoice enable row level security;
alter table public.invoice force row level security;
create policy of_tenant on public.invoice to shop_app using (tenant_id = current_setting('app.tenant_id')::integer);
grant select, insert on public.item, public.invoice to shop_app;
