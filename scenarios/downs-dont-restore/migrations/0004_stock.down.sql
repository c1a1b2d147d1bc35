drop table public.stocks;
