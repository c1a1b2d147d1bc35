ALTER TABLE "item" ADD COLUMN "weight_grams" integer;--> statement-breakpoint
CREATE INDEX "item_name_idx" ON "item" USING btree ("name");
