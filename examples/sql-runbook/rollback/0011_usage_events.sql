drop table public.reconciliation_cursor;
drop table public.jwks_key;
drop table public.usage_event;
