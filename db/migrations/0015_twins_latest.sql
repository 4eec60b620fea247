DROP INDEX "request_twin_key";--> statement-breakpoint
ALTER TABLE "request_twin" ADD COLUMN "merchant_no" text;--> statement-breakpoint
ALTER TABLE "request_twin" ADD COLUMN "submitted_at" timestamp with time zone;--> statement-breakpoint
UPDATE "request_twin" t SET "merchant_no" = r."merchant_no", "submitted_at" = r."submitted_at" FROM "request" r WHERE r."request_no" = t."request_no";--> statement-breakpoint
DELETE FROM "request_twin" WHERE "submitted_at" IS NULL;--> statement-breakpoint
ALTER TABLE "request_twin" ALTER COLUMN "merchant_no" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "request_twin" ALTER COLUMN "submitted_at" SET NOT NULL;--> statement-breakpoint
CREATE INDEX "request_twin_latest" ON "request_twin" USING btree ("key","submitted_at","request_no","merchant_no");
