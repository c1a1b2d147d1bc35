-- Credits are bought in lots and used up by entries. Entries are history: nobody alters or removes one, and no TRUNCATE does.
set local lock_timeout = '3s';

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

-- Whoever pays for a plan starts with a month of credits, less what was written so far. Before the policies: with row level security forced, the
-- owner has no community either, and would insert and see nothing.
insert into public.credit_lot (id, community_id, source, amount_micro)
select md5('start ' || s.community_id)::uuid, s.community_id, 'grant', p.monthly_micro
from public.subscription s
join public.plan p on p.code = s.plan_code
where p.monthly_micro > 0;

insert into public.lot_entry (community_id, lot_id, kind, amount_micro)
select l.community_id, l.id, 'debit', c.messages * 1000
from public.credit_lot l
join public.message_count c on c.community_id = l.community_id
order by l.community_id;

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
