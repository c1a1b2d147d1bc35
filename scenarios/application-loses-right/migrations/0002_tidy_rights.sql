set lock_timeout = '2s';
revoke select on public.item from shop_app;
