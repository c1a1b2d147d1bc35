alter table public.item drop constraint item_code_key;
