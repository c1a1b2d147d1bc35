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
