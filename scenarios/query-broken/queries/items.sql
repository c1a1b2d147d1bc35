-- The list that every page shows.
select id, name, price_cents from item where id = :id;

-- Its index goes, and nothing else tells.
select id from item where name = :name;
