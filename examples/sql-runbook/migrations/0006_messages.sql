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
