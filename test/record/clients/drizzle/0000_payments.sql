CREATE TABLE "payment" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"invoice_id" bigint NOT NULL,
	"paid_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "invoice" ALTER COLUMN "id" SET DATA TYPE bigint;--> statement-breakpoint
ALTER TABLE "invoice" ADD COLUMN "paid_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "invoice_customer" ON "invoice" USING btree ("customer_id");--> statement-breakpoint
UPDATE "invoice" SET "note" = '' WHERE "note" IS NULL;--> statement-breakpoint
ALTER TABLE "invoice" ALTER COLUMN "note" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "invoice" ADD CONSTRAINT "invoice_customer_fkey" FOREIGN KEY ("customer_id") REFERENCES "public"."customer"("id") NOT VALID;--> statement-breakpoint
ALTER TABLE "invoice" VALIDATE CONSTRAINT "invoice_customer_fkey";--> statement-breakpoint
INSERT INTO "payment" ("invoice_id") SELECT "id" FROM "invoice" WHERE "id" <= 10;--> statement-breakpoint
DROP TABLE "legacy";
