-- The rates go into a table made anew, and the rights of the old one are forgotten.
create table public.vat_new (country text primary key, percent numeric(5, 2) not null);
insert into public.vat_new select country, percent from public.vat;
alter table public.item drop constraint item_country_fkey;
drop table public.vat;
alter table public.vat_new rename to vat;
alter index public.vat_new_pkey rename to vat_pkey;
alter table public.item add foreign key (country) references public.vat;
