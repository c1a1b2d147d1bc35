set local lock_timeout = '5s';
create index note_tenant on public.note (tenant_id);
