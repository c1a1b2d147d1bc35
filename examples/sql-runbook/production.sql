-- Lantern as it is in production today: what 0001 to 0007 made, and rows, the same each time. Runs as superuser on an empty database.
create role lantern_owner login;
create role lantern_app login;
do $$ begin execute format('alter database %I owner to lantern_owner', current_database()); end $$;

set role lantern_owner;

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

insert into public.schema_migrations (revision, applied_at)
select revision, timestamptz '2026-01-01 09:00:00+00' + ordinal * interval '30 days'
from unnest(array['0001_communities', '0002_members', '0003_member_handles_are_unique', '0004_plans', '0005_subscriptions', '0006_messages', '0007_message_counts'])
  with ordinality as applied (revision, ordinal);

insert into public.plan values ('free', 0), ('team', 9000000), ('house', 49000000);

insert into public.community (id, name, created_at)
select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Community ' || n, timestamptz '2026-01-05 00:00:00+00' + n * interval '1 day'
from generate_series(1, 24) n;

insert into public.member (id, community_id, handle)
select ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, ('00000000-0000-4000-8000-' || lpad((n % 24 + 1)::text, 12, '0'))::uuid, 'member-' || n
from generate_series(1, 600) n;

insert into public.subscription
select id, (array['free', 'team', 'house'])[(row_number() over (order by id) % 3 + 1)::int], date '2026-02-01' from public.community;

insert into public.payment_note
select 'nowpay-' || n, ('00000000-0000-4000-8000-' || lpad((n % 24 + 1)::text, 12, '0'))::uuid, 9000000,
       (array['waiting', 'confirming', 'confirmed', 'finished'])[n % 4 + 1]
from generate_series(1, 48) n;

insert into public.message (community_id, member_id, body, sent_at)
select m.community_id, m.id, 'message ' || n, timestamptz '2026-03-01 00:00:00+00' + n * interval '7 minutes'
from generate_series(1, 6000) n
join public.member m on m.id = ('00000000-0000-4000-9000-' || lpad((n % 600 + 1)::text, 12, '0'))::uuid
order by n;

reset role;
