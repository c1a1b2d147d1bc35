create table public.schema_migrations (version text primary key);
create table public.entry (
  id bigint generated always as identity primary key,
  amount_cents integer not null
);
create function public.refuse() returns trigger
language plpgsql
as $$
begin
  raise exception 'append-only' using errcode = 'restrict_violation';
end
$$;
create trigger entry_append_only before update or delete on public.entry for each row execute function public.refuse();
