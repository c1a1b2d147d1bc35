create table public.member (
  id uuid primary key default gen_random_uuid(),
  community_id uuid not null references public.community (id),
  handle text not null
);
create index member_community on public.member (community_id);
grant select, insert, update on public.member to lantern_app;
