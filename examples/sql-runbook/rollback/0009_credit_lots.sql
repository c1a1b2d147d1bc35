drop view public.lot_balance;
drop table public.lot_entry;
drop table public.credit_lot;
drop function app.refuse_mutation();
