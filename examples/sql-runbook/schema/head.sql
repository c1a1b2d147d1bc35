-- The schema that a new installation gets. Roles are made by whoever sets the server up.

create table public.schema_migrations (
  revision text primary key,
  applied_at timestamptz not null default now()
);

create table public.community (
  id uuid primary key,
  name text not null,
  created_at timestamptz not null default now()
);
grant select on public.community to lantern_app;

create table public.member (
  id uuid primary key default gen_random_uuid(),
  community_id uuid not null references public.community (id),
  handle text not null
);
create index member_community on public.member (community_id);
grant select, insert, update on public.member to lantern_app;

alter table public.member add constraint member_handle_unique unique (community_id, handle);

create table public.plan (
  code text primary key,
  monthly_micro bigint not null check (monthly_micro >= 0)
);
grant select on public.plan to lantern_app;

create table public.subscription (
  community_id uuid primary key references public.community (id),
  plan_code text not null references public.plan (code),
  since date not null
);
grant select, insert, update on public.subscription to lantern_app;

-- What payment providers told us so far, kept as they told it.
create table public.payment_note (
  provider_reference text primary key,
  community_id uuid not null references public.community (id),
  amount_micro bigint not null,
  state text not null
);
create index payment_note_community on public.payment_note (community_id);
grant select, insert, update on public.payment_note to lantern_app;

create table public.message (
  id bigint generated always as identity primary key,
  community_id uuid not null references public.community (id),
  member_id uuid not null references public.member (id),
  body text not null,
  sent_at timestamptz not null
);
create index message_community on public.message (community_id, sent_at);
create index message_member on public.message (member_id);
grant select, insert on public.message to lantern_app;

create view public.message_count as
select community_id, count(*) as messages from public.message group by community_id;
grant select on public.message_count to lantern_app;

-- Whoever works for a community says so at the start of each transaction. Everything after this migration relies on it.
create schema app;
grant usage on schema app to lantern_app;

create function app.current_community_id() returns uuid
language plpgsql stable
as $$
declare
  -- A setting that was made in an earlier transaction of the same connection stays as an empty text.
  told text := nullif(current_setting('app.community_id', true), '');
begin
  if told is null then
    raise exception 'app.community_id is not set' using errcode = 'P0001', hint = 'Call app.set_community_context first.';
  end if;
  return told::uuid;
end
$$;

-- For the transaction only: behind a pooler, what is set for the session is met by the next client.
create function app.set_community_context(community uuid) returns void
language plpgsql
as $$
begin
  if community is null then
    raise exception 'a community is needed' using errcode = 'P0001';
  end if;
  perform set_config('app.community_id', community::text, true);
end
$$;

revoke all on function app.current_community_id(), app.set_community_context(uuid) from public;
grant execute on function app.current_community_id(), app.set_community_context(uuid) to lantern_app;

-- Credits are bought in lots and used up by entries. Entries are history: nobody alters or removes one, and no TRUNCATE does.
create table public.credit_lot (
  id uuid primary key default gen_random_uuid(),
  community_id uuid not null references public.community (id),
  source text not null check (source in ('purchase', 'grant', 'seed')),
  amount_micro bigint not null check (amount_micro > 0),
  status text not null default 'open' check (status in ('open', 'spent', 'expired')),
  created_at timestamptz not null default now()
);
create index credit_lot_community on public.credit_lot (community_id);

create table public.lot_entry (
  id bigint generated always as identity primary key,
  community_id uuid not null references public.community (id),
  lot_id uuid not null references public.credit_lot (id),
  kind text not null check (kind in ('credit', 'debit')),
  amount_micro bigint not null check (amount_micro > 0),
  created_at timestamptz not null default now()
);
create index lot_entry_lot on public.lot_entry (lot_id);
create index lot_entry_community on public.lot_entry (community_id);

create function app.refuse_mutation() returns trigger
language plpgsql
as $$
begin
  raise exception '% on %: its rows are history', tg_op, tg_table_name using errcode = 'P0001';
end
$$;

create trigger lot_entry_append_only before update or delete on public.lot_entry
for each row execute function app.refuse_mutation();
-- Triggers for rows don't fire for TRUNCATE.
create trigger lot_entry_no_truncate before truncate on public.lot_entry
for each statement execute function app.refuse_mutation();

alter table public.credit_lot enable row level security;
alter table public.credit_lot force row level security;
create policy credit_lot_of_community on public.credit_lot
  using (community_id = nullif(current_setting('app.community_id', true), '')::uuid);
alter table public.lot_entry enable row level security;
alter table public.lot_entry force row level security;
create policy lot_entry_of_community on public.lot_entry
  using (community_id = nullif(current_setting('app.community_id', true), '')::uuid);

-- With the rights of whoever asks: a view of its owner's would show every community's lots.
create view public.lot_balance with (security_invoker = true) as
select l.id as lot_id, l.community_id, l.status,
       l.amount_micro
         + coalesce(sum(e.amount_micro) filter (where e.kind = 'credit'), 0)
         - coalesce(sum(e.amount_micro) filter (where e.kind = 'debit'), 0) as balance_micro
from public.credit_lot l
left join public.lot_entry e on e.lot_id = l.id
group by l.id;

grant select, insert on public.credit_lot, public.lot_entry to lantern_app;
grant update (status) on public.credit_lot to lantern_app;
grant select on public.lot_balance to lantern_app;

-- Payment providers send the same event more than once, and late: each is taken once, and a payment never goes back.
create table public.webhook_event (
  provider text not null,
  event_id text not null,
  received_at timestamptz not null default now(),
  payload jsonb not null,
  primary key (provider, event_id)
);

create table public.crypto_payment (
  id uuid primary key default gen_random_uuid(),
  community_id uuid not null references public.community (id),
  provider_reference text not null unique,
  amount_micro bigint not null check (amount_micro > 0),
  status text not null default 'waiting' check (status in ('waiting', 'confirming', 'confirmed', 'finished')),
  updated_at timestamptz not null default now()
);
create index crypto_payment_community on public.crypto_payment (community_id);

create function app.payment_rank(status text) returns integer
language sql immutable
as $$ select array_position(array['waiting', 'confirming', 'confirmed', 'finished'], status) $$;

create function app.enforce_payment_order() returns trigger
language plpgsql
as $$
begin
  if app.payment_rank(new.status) < app.payment_rank(old.status) then
    raise exception 'a payment does not go from % back to %', old.status, new.status using errcode = 'P0001';
  end if;
  new.updated_at := now();
  return new;
end
$$;
create trigger crypto_payment_order before update of status on public.crypto_payment
for each row execute function app.enforce_payment_order();

grant select, insert on public.webhook_event to lantern_app;
grant select, insert, update on public.crypto_payment to lantern_app;

-- What was used, the keys by which other services check our tokens, and how far reconciliation has come.
create table public.usage_event (
  id bigint generated always as identity primary key,
  community_id uuid not null references public.community (id),
  lot_id uuid references public.credit_lot (id),
  units integer not null check (units > 0),
  happened_at timestamptz not null default now()
);
create index usage_event_community on public.usage_event (community_id, happened_at);
create index usage_event_lot on public.usage_event (lot_id);
create trigger usage_event_append_only before update or delete on public.usage_event
for each row execute function app.refuse_mutation();
create trigger usage_event_no_truncate before truncate on public.usage_event
for each statement execute function app.refuse_mutation();

create table public.jwks_key (
  kid text primary key,
  jwk jsonb not null check (jwk ? 'kty' and jwk ->> 'kid' = kid and not jwk ? 'd'),
  active boolean not null default true,
  created_at timestamptz not null default now()
);
insert into public.jwks_key (kid, jwk, active) values
  ('2026-11-a', '{"kid": "2026-11-a", "kty": "OKP", "crv": "Ed25519", "use": "sig", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}', true),
  -- Revoked: tokens that it signed are known by it, and none is to be trusted.
  ('2026-05-a', '{"kid": "2026-05-a", "kty": "OKP", "crv": "Ed25519", "use": "sig", "x": "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"}', false);

create table public.reconciliation_cursor (
  name text primary key,
  position bigint not null default 0,
  moved_at timestamptz not null default now()
);

grant select, insert on public.usage_event to lantern_app;
grant select on public.jwks_key to lantern_app;
grant select, insert, update on public.reconciliation_cursor to lantern_app;
