set lock_timeout = '2s';
alter table public.customer add constraint country_is_a_code check (length(country) <= 2) not valid;
alter table public.customer validate constraint country_is_a_code;
