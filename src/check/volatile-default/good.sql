set lock_timeout = '2s';
alter table public.invoice add column token uuid;
alter table public.invoice alter column token set default gen_random_uuid();
do $$
begin
  loop
    update public.invoice set token = gen_random_uuid() where id in (select id from public.invoice where token is null limit 5000);
    exit when not found;
    commit;
  end loop;
end $$;
analyze public.invoice;
