create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create schema drizzle;
create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
CREATE TABLE "item" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY NOT NULL,
	"name" text NOT NULL,
	"price_cents" integer NOT NULL
);
ALTER TABLE "item" ADD COLUMN "currency" text DEFAULT 'EUR' NOT NULL;

reset role;

insert into public.item (name, price_cents) select 'item ' || g, 100 + g from generate_series(1, 500) g;
insert into drizzle.__drizzle_migrations (hash, created_at) values
  ('64af14d730f57a2fe55c82615aca817b29ef8266fa0c405c3d9185e49786917b', 1760000000000),
  ('bcb55bbf634009b8f26350fb770a76a2b0414f2b3742bf97e094b62ed8cd612f', 1760500000000);
