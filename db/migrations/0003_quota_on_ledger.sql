INSERT INTO "ledger_account" ("code", "owner", "balance_fen", "opened_by", "opened_at")
  SELECT code, merchant_no, CASE code WHEN '2241.10' THEN balance_fen - frozen_fen ELSE frozen_fen END, opened_by, opened_at
  FROM "quota_account", unnest(array['2241.10', '2241.11']) code;--> statement-breakpoint
DROP TABLE "quota_account" CASCADE;
