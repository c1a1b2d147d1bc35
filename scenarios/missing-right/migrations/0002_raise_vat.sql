update rates.vat set percent = 21 where country = 'FR';
