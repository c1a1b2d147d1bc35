begin;
select plan(2);
select has_index('public', 'note', 'note_tenant', 'notes are found by tenant');
select is((select count(*) from public.note where tenant_id is null), 0::bigint, 'each note has a tenant');
select * from finish();
rollback;
