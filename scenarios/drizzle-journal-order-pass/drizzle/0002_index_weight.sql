CREATE INDEX "item_weight_idx" ON "item" USING btree ("weight_grams");
