UPDATE "item" SET "price_cents" = "price_cents" + 1 WHERE "price_cents" % 2 = 1;
