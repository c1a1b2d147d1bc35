-- What was used, the keys by which other services check our tokens, and how far reconciliation has come.
set local lock_timeout = '3s';

create table public.usage_event (
  id bigint generated always as identity primary key,
  community_id uuid not null references public.community (id),
  lot_id uuid references public.credit_lot (id),
  units integer not null check (units > 0),
  happened_at timestamptz not null default now()
);
create index usage_event_community on public.usage_event (community_id, happened_at);
create index usage_event_lot on public.usage_event (lot_id);
-- From the messages, and not from lot_entry: row level security is forced there, and hides every entry from the owner too.
insert into public.usage_event (community_id, units)
select c.community_id, c.messages::integer
from public.message_count c
order by c.community_id;
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
