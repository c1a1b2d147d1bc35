update public.item set price_cents = price_cents / 10 * 10 where price_cents % 10 <> 0;
