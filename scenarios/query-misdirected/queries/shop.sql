insert into pair values ($1, $2, $3);
select pieces from stock where id = $1;
select first from pair where id = $1;
