set lock_timeout = '2s';
alter table public.invoice add column issued_at timestamptz;
create function public.invoice_issued_at() returns trigger language plpgsql as
  $$ begin new.issued_at := new.issued_on; return new; end $$;
create trigger invoice_issued_at before insert or update on public.invoice for each row execute function public.invoice_issued_at();
do $$
begin
  loop
    update public.invoice set issued_at = issued_on
    where id in (select id from public.invoice where issued_at is null and issued_on is not null limit 5000);
    exit when not found;
    commit;
  end loop;
end $$;
analyze public.invoice;
begin;
drop trigger invoice_issued_at on public.invoice;
alter table public.invoice rename column issued_on to issued_on_old;
alter table public.invoice rename column issued_at to issued_on;
commit;
