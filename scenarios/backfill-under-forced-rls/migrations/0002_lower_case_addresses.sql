update public.customer set email = lower(email);
