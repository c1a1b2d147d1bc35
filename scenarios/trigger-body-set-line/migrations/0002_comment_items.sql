comment on table public.item is 'What is sold.';
