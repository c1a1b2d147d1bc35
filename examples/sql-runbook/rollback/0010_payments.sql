drop table public.crypto_payment;
drop function app.enforce_payment_order();
drop function app.payment_rank(text);
drop table public.webhook_event;
