ALTER TABLE "bank_statement" ADD COLUMN "first_on" char(8);--> statement-breakpoint
ALTER TABLE "bank_statement" ADD COLUMN "last_on" char(8);