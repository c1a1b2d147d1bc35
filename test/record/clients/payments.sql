create table payment (
  id bigserial primary key,
  invoice_id bigint not null,
  paid_at timestamptz not null default now()
);
alter table invoice alter column id type bigint;
alter table invoice add column paid_at timestamptz;
create index invoice_customer on invoice (customer_id);
update invoice set note = '' where note is null;
alter table invoice alter column note set not null;
alter table invoice add constraint invoice_customer_fkey foreign key (customer_id) references customer (id) not valid;
alter table invoice validate constraint invoice_customer_fkey;
insert into payment (invoice_id) select id from invoice where id <= 10;
drop table legacy;
