create table public.featured (item_id bigint not null references public.item);
do $$
declare
  gift_card bigint;
begin
  select id into strict gift_card from public.item where name = 'gift card';
  insert into public.featured values (gift_card);
end
$$;
