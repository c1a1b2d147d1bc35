create table public.member (id integer primary key, email text not null, city text);
create table public.webhook (id integer primary key, target text not null, active boolean not null);
create table public.job (id integer primary key, state text not null);
-- Whoever looks at staging never sees a webhook that would be called.
create view public.callable as select target from public.webhook where active;
