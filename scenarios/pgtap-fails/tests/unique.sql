begin;
select plan(3);
select index_is_unique('public', 'note', 'note_tenant', 'one note a tenant');
select has_table('public', 'note', 'there are notes');
select * from finish();
rollback;
