insert into item (id, label) values ($1, $2);
select label from item where id = $1;
