update public.invoice set status = 'sent';
