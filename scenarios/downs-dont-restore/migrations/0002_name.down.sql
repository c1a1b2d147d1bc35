alter table public.item add label text;
alter table public.item drop name;
