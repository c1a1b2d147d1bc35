create type public.item_state as enum ('new', 'sold');
