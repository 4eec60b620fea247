CREATE TABLE "daily_balance" (
	"business_date" char(8) NOT NULL,
	"account_id" integer NOT NULL,
	"opening_fen" bigint NOT NULL,
	"debit_fen" bigint NOT NULL,
	"credit_fen" bigint NOT NULL,
	"closing_fen" bigint NOT NULL,
	CONSTRAINT "daily_balance_business_date_account_id_pk" PRIMARY KEY("business_date","account_id")
);
--> statement-breakpoint
CREATE TABLE "day_end" (
	"business_date" char(8) PRIMARY KEY NOT NULL,
	"settled_at" timestamp with time zone NOT NULL,
	"entries" integer NOT NULL,
	"debit_fen" bigint NOT NULL,
	"credit_fen" bigint NOT NULL,
	"faults" text[] NOT NULL
);
--> statement-breakpoint
CREATE INDEX "daily_balance_account" ON "daily_balance" USING btree ("account_id","business_date");