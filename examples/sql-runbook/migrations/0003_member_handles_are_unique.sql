alter table public.member add constraint member_handle_unique unique (community_id, handle);
