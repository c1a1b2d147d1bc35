select id, price_cents from item where name = :name limit :most;
