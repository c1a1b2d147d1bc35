select id, name, price_cents from item where id = :id;
select id from item where name = :name;
insert into item (name, price_cents) values (:name, :price_cents) returning id;
update item set name = :name where id = :id;
