create view public.message_count as
select community_id, count(*) as messages from public.message group by community_id;
grant select on public.message_count to lantern_app;
