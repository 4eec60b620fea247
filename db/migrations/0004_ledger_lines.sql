ALTER TABLE "journal_entry" DROP CONSTRAINT "journal_entry_reverses_unique";--> statement-breakpoint
ALTER TABLE "journal_line" DROP CONSTRAINT "journal_line_entry_id_journal_entry_id_fk";
--> statement-breakpoint
ALTER TABLE "journal_line" DROP CONSTRAINT "journal_line_account_id_ledger_account_id_fk";
--> statement-breakpoint
DROP INDEX "bank_line_statement";--> statement-breakpoint
DROP INDEX "journal_entry_date";--> statement-breakpoint
CREATE UNIQUE INDEX "journal_entry_reverses" ON "journal_entry" USING btree ("reverses") WHERE "journal_entry"."reverses" is not null;--> statement-breakpoint
CREATE INDEX "bank_line_statement" ON "bank_line" USING brin ("statement_id");--> statement-breakpoint
CREATE INDEX "journal_entry_date" ON "journal_entry" USING brin ("business_date");