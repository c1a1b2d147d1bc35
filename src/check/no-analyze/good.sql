update public.invoice set status = 'sent';
analyze public.invoice;
