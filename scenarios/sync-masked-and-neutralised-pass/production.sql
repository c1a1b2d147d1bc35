create table public.member (id integer primary key, email text not null, city text);
insert into public.member values (1, 'franz@kafka.example', 'Prague'), (2, 'max@brod.example', 'Tel Aviv');
create table public.webhook (id integer primary key, target text not null, active boolean not null);
insert into public.webhook values (1, 'https://hooks.production.example/a', true);
create table public.job (id integer primary key, state text not null);
insert into public.job values (1, 'queued'), (2, 'done');
analyze;
