CREATE TABLE "risk_alert" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "risk_alert_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"rule" text NOT NULL,
	"merchant_no" text NOT NULL,
	"terminal_no" text NOT NULL,
	"day" text NOT NULL,
	"detail" jsonb NOT NULL,
	"state" text NOT NULL,
	"owner_code" text,
	"raised_at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"overdue" boolean DEFAULT false NOT NULL,
	"version" integer NOT NULL,
	"started" boolean NOT NULL,
	"whole" jsonb,
	CONSTRAINT "risk_alert_once" UNIQUE("rule","merchant_no","terminal_no","day")
);
--> statement-breakpoint
CREATE TABLE "risk_watch" (
	"one" integer PRIMARY KEY NOT NULL,
	"last_id" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "terminal_session" ADD COLUMN "signed_on_by" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "terminal_session" ADD COLUMN "answer" text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX "risk_alert_unstarted" ON "risk_alert" USING btree ("id") WHERE not "risk_alert"."started";--> statement-breakpoint
CREATE INDEX "risk_alert_merchant" ON "risk_alert" USING btree ("merchant_no");