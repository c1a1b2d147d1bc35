create table public.plan (
  code text primary key,
  monthly_micro bigint not null check (monthly_micro >= 0)
);
grant select on public.plan to lantern_app;
