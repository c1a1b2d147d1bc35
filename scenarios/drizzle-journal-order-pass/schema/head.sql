create schema drizzle;
create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
CREATE TABLE "item" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY NOT NULL,
	"name" text NOT NULL,
	"price_cents" integer NOT NULL
);
ALTER TABLE "item" ADD COLUMN "currency" text DEFAULT 'EUR' NOT NULL;
ALTER TABLE "item" ADD COLUMN "weight_grams" integer;--> statement-breakpoint
CREATE INDEX "item_name_idx" ON "item" USING btree ("name");
CREATE INDEX "item_weight_idx" ON "item" USING btree ("weight_grams");
