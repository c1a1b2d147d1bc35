select id, name, price_in_cents from item where id = :id;
select id from item where id = :id;
