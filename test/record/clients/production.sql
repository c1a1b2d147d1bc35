create table customer (id int primary key, name text not null);
create table invoice (id int primary key, customer_id int not null, note text, total numeric);
create table legacy (id int);
insert into customer select i, 'customer ' || i from generate_series(1, 100) i;
insert into invoice select i, i % 100 + 1, case when i % 4 > 0 then 'paid' end, i from generate_series(1, 2000) i;
analyze;
