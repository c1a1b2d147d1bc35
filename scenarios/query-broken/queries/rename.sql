-- The right to do it goes.
update item set name = :name where id = :id;
-- It leaves out a column that must be filled from now on: parsing and planning it still succeeds.
insert into label (name) values (:name);
-- One more column than strict clients expect.
select * from item where id = :id;
-- A temporary table of the application: nobody can try it here.
select * from chosen_items;
