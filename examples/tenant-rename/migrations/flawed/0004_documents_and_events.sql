create table public.document (
  id bigint generated always as identity primary key,
  legal_entity_id bigint not null references public.legal_entity,
  invoice_id bigint references public.invoice on delete set null,
  storage_key text not null unique,
  sha256 text not null,
  size_bytes integer not null check (size_bytes > 0),
  ingested_at timestamptz not null default now()
);
create index document_legal_entity_idx on public.document (legal_entity_id, ingested_at desc);

create table public.inbound_event (
  id bigint generated always as identity primary key,
  legal_entity_id bigint references public.legal_entity,
  kind text not null,
  payload jsonb not null,
  status text not null default 'queued' check (status in ('queued', 'done', 'dead')),
  received_at timestamptz not null default now()
);
create index inbound_event_queue_idx on public.inbound_event (received_at) where status = 'queued';

-- Senders name the legal entity in the payload; the row gets it from there.
create function public.route_inbound_event() returns trigger
language plpgsql
as $$
begin
  new.legal_entity_id := (new.payload ->> 'legal_entity_id')::bigint;
  return new;
end
$$;
create trigger inbound_event_route before insert on public.inbound_event
  for each row execute function public.route_inbound_event();

create table audit.sign_in (
  id bigint generated always as identity primary key,
  user_id bigint not null references public.app_user,
  at timestamptz not null,
  address inet not null
);
create trigger sign_in_append_only before update or delete on audit.sign_in
  for each row execute function public.refuse_change();

grant select, insert, update, delete on public.document, public.inbound_event to arrowroot_app;
grant insert on audit.sign_in to arrowroot_app;

alter table public.document enable row level security;
alter table public.inbound_event enable row level security;
create policy legal_entity_isolation on public.document to arrowroot_app
  using (legal_entity_id = public.current_legal_entity_id())
  with check (legal_entity_id = public.current_legal_entity_id());
create policy legal_entity_isolation on public.inbound_event to arrowroot_app
  using (legal_entity_id = public.current_legal_entity_id())
  with check (legal_entity_id = public.current_legal_entity_id());
