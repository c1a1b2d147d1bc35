create table public.item_tag (item_id bigint, tag text);
