CREATE TABLE "bank_account" (
	"account_no" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"balance_fen" bigint NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bank_layout" (
	"name" text PRIMARY KEY NOT NULL,
	"columns" jsonb NOT NULL,
	"made_by" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bank_line" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "bank_line_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"statement_id" bigint NOT NULL,
	"account_no" text NOT NULL,
	"line_key" text NOT NULL,
	"direction" text NOT NULL,
	"booked_on" char(8) NOT NULL,
	"booked_at" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"balance_fen" bigint,
	"party_name" text NOT NULL,
	"party_account_no" text NOT NULL,
	"party_bank" text NOT NULL,
	"note" text NOT NULL,
	"serial_no" text NOT NULL,
	CONSTRAINT "bank_line_once" UNIQUE("account_no","line_key")
);
--> statement-breakpoint
CREATE TABLE "bank_line_use" (
	"line_id" bigint PRIMARY KEY NOT NULL,
	"request_no" text NOT NULL,
	"state" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "bank_line_use_request_no_unique" UNIQUE("request_no")
);
--> statement-breakpoint
CREATE TABLE "bank_statement" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "bank_statement_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"sha256" char(64) NOT NULL,
	"file_name" text NOT NULL,
	"account_no" text NOT NULL,
	"layout" text NOT NULL,
	"lines" integer NOT NULL,
	"fresh" integer NOT NULL,
	"opening_fen" bigint NOT NULL,
	"closing_fen" bigint NOT NULL,
	"imported_by" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "bank_statement_once" UNIQUE("sha256","account_no")
);
--> statement-breakpoint
CREATE TABLE "journal_entry" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "journal_entry_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"command_no" text NOT NULL,
	"content" char(32) NOT NULL,
	"event" text NOT NULL,
	"cause" text NOT NULL,
	"business_date" char(8) NOT NULL,
	"reverses" text,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "journal_entry_command_no_unique" UNIQUE("command_no"),
	CONSTRAINT "journal_entry_reverses_unique" UNIQUE("reverses")
);
--> statement-breakpoint
CREATE TABLE "journal_line" (
	"entry_id" bigint NOT NULL,
	"n" smallint NOT NULL,
	"account_id" integer NOT NULL,
	"debit_fen" bigint NOT NULL,
	"credit_fen" bigint NOT NULL,
	"nth" integer,
	"before_fen" bigint,
	"after_fen" bigint,
	CONSTRAINT "journal_line_entry_id_n_pk" PRIMARY KEY("entry_id","n"),
	CONSTRAINT "one_side" CHECK (("journal_line"."debit_fen" > 0 and "journal_line"."credit_fen" = 0) or ("journal_line"."debit_fen" = 0 and "journal_line"."credit_fen" > 0))
);
--> statement-breakpoint
CREATE TABLE "ledger_account" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ledger_account_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"code" text NOT NULL,
	"owner" text NOT NULL,
	"balance_fen" bigint,
	"lines" integer DEFAULT 0 NOT NULL,
	"opened_by" text NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "ledger_account_once" UNIQUE("code","owner"),
	CONSTRAINT "balance_never_negative" CHECK ("ledger_account"."balance_fen" >= 0)
);
--> statement-breakpoint
CREATE TABLE "ledger_day" (
	"business_date" char(8) PRIMARY KEY NOT NULL,
	"closed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payable" (
	"request_no" text PRIMARY KEY NOT NULL,
	"party_name" text NOT NULL,
	"party_account_no" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"owed_at" timestamp with time zone NOT NULL,
	"paid_at" timestamp with time zone,
	"line_id" bigint,
	CONSTRAINT "payable_line_id_unique" UNIQUE("line_id")
);
--> statement-breakpoint
CREATE TABLE "open_request" (
	"record" text PRIMARY KEY NOT NULL,
	"request_no" text NOT NULL,
	"kind" text NOT NULL,
	CONSTRAINT "open_request_once" UNIQUE("record","request_no")
);
--> statement-breakpoint
CREATE TABLE "terminal" (
	"terminal_no" char(8) PRIMARY KEY NOT NULL,
	"merchant_no" char(15) NOT NULL,
	"status" text NOT NULL,
	"version" integer NOT NULL,
	"model" text NOT NULL,
	"serial_no" text NOT NULL,
	"install_address" text NOT NULL,
	"phone" text NOT NULL,
	"permitted" text[] NOT NULL,
	"key_cipher" text NOT NULL,
	"key_check" text NOT NULL,
	"key_shown_at" timestamp with time zone,
	"opened_by" text NOT NULL,
	"frozen_by" text,
	"form" jsonb NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "terminal_model" (
	"code" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "terminal_number" (
	"terminal_no" char(8) PRIMARY KEY NOT NULL,
	"request_no" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "terminal_version" (
	"terminal_no" char(8) NOT NULL,
	"version" integer NOT NULL,
	"form" jsonb NOT NULL,
	"request_no" text NOT NULL,
	"effective_at" timestamp with time zone NOT NULL,
	CONSTRAINT "terminal_version_terminal_no_version_pk" PRIMARY KEY("terminal_no","version")
);
--> statement-breakpoint
ALTER TABLE "merchant" ADD COLUMN "frozen_by" text;--> statement-breakpoint
ALTER TABLE "journal_line" ADD CONSTRAINT "journal_line_entry_id_journal_entry_id_fk" FOREIGN KEY ("entry_id") REFERENCES "public"."journal_entry"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "journal_line" ADD CONSTRAINT "journal_line_account_id_ledger_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."ledger_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "terminal_version" ADD CONSTRAINT "terminal_version_terminal_no_terminal_terminal_no_fk" FOREIGN KEY ("terminal_no") REFERENCES "public"."terminal"("terminal_no") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bank_line_amount" ON "bank_line" USING btree ("amount_fen","direction","booked_on");--> statement-breakpoint
CREATE INDEX "bank_line_statement" ON "bank_line" USING btree ("statement_id");--> statement-breakpoint
CREATE INDEX "bank_statement_account" ON "bank_statement" USING btree ("account_no","at");--> statement-breakpoint
CREATE INDEX "journal_entry_cause" ON "journal_entry" USING btree ("cause");--> statement-breakpoint
CREATE INDEX "journal_entry_date" ON "journal_entry" USING btree ("business_date","id");--> statement-breakpoint
CREATE INDEX "journal_line_account" ON "journal_line" USING btree ("account_id","entry_id");--> statement-breakpoint
CREATE INDEX "payable_open" ON "payable" USING btree ("amount_fen","party_account_no") WHERE "payable"."paid_at" is null;--> statement-breakpoint
CREATE INDEX "open_request_no" ON "open_request" USING btree ("request_no");--> statement-breakpoint
CREATE INDEX "terminal_merchant" ON "terminal" USING btree ("merchant_no");--> statement-breakpoint
CREATE UNIQUE INDEX "terminal_serial_live" ON "terminal" USING btree ("serial_no") WHERE "terminal"."status" in ('pending', 'active', 'frozen');