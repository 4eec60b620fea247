CREATE TABLE "daily_total" (
	"business_date" char(8) NOT NULL,
	"merchant_no" text NOT NULL,
	"purchase_count" integer NOT NULL,
	"purchase_fen" bigint NOT NULL,
	"void_count" integer NOT NULL,
	"void_fen" bigint NOT NULL,
	"reversal_count" integer NOT NULL,
	"reversal_fen" bigint NOT NULL,
	"refund_count" integer NOT NULL,
	"refund_fen" bigint NOT NULL,
	"fee_fen" bigint NOT NULL,
	"declined_count" integer NOT NULL,
	"top_up_fen" bigint NOT NULL,
	"quota_refund_fen" bigint NOT NULL,
	"adjustment_fen" bigint NOT NULL,
	"opening_fen" bigint NOT NULL,
	"closing_fen" bigint NOT NULL,
	CONSTRAINT "daily_total_business_date_merchant_no_pk" PRIMARY KEY("business_date","merchant_no")
);
--> statement-breakpoint
CREATE TABLE "report_day" (
	"business_date" char(8) PRIMARY KEY NOT NULL,
	"first_txn" bigint,
	"last_txn" bigint,
	"kept_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "report_export" (
	"export_no" text PRIMARY KEY NOT NULL,
	"report" text NOT NULL,
	"scope" jsonb NOT NULL,
	"owner_code" text NOT NULL,
	"file_name" text NOT NULL,
	"state" text NOT NULL,
	"rows" integer NOT NULL,
	"written" integer NOT NULL,
	"bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "daily_total_merchant" ON "daily_total" USING btree ("merchant_no","business_date");--> statement-breakpoint
CREATE INDEX "report_export_owner" ON "report_export" USING btree ("owner_code","asked_at");