-- Payment providers send the same event more than once, and late: each is taken once, and a payment never goes back.
set local lock_timeout = '3s';

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

insert into public.crypto_payment (id, community_id, provider_reference, amount_micro, status)
select md5('payment ' || provider_reference)::uuid, community_id, provider_reference, amount_micro, state
from public.payment_note;

grant select, insert on public.webhook_event to lantern_app;
grant select, insert, update on public.crypto_payment to lantern_app;
