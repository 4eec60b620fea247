CREATE TABLE "app_user" (
	"code" char(8) PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"password_hash" text NOT NULL,
	"must_change_password" boolean NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "area" (
	"code" char(4) PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"province" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attachment" (
	"id" text PRIMARY KEY NOT NULL,
	"request_no" text NOT NULL,
	"part" text NOT NULL,
	"file_name" text NOT NULL,
	"mime" text NOT NULL,
	"bytes" integer NOT NULL,
	"sha256" char(64) NOT NULL,
	"uploaded_by" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "attachment_once" UNIQUE("request_no","part","sha256")
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone NOT NULL,
	"actor_code" text NOT NULL,
	"actor_name" text NOT NULL,
	"action" text NOT NULL,
	"object" text NOT NULL,
	"detail" jsonb NOT NULL,
	"address" text,
	"once" text,
	CONSTRAINT "audit_log_once_unique" UNIQUE("once")
);
--> statement-breakpoint
CREATE TABLE "bank" (
	"cnaps_code" char(12) PRIMARY KEY NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "captcha" (
	"id" text PRIMARY KEY NOT NULL,
	"answer" text NOT NULL,
	"image" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "group_member" (
	"user_code" char(8) NOT NULL,
	"group_code" char(2) NOT NULL,
	CONSTRAINT "group_member_user_code_group_code_pk" PRIMARY KEY("user_code","group_code")
);
--> statement-breakpoint
CREATE TABLE "group_right" (
	"group_code" char(2) NOT NULL,
	"function_code" text NOT NULL,
	CONSTRAINT "group_right_group_code_function_code_pk" PRIMARY KEY("group_code","function_code")
);
--> statement-breakpoint
CREATE TABLE "mcc" (
	"code" char(4) PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"category" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "merchant" (
	"merchant_no" char(15) PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"version" integer NOT NULL,
	"name" text NOT NULL,
	"short_name" text NOT NULL,
	"uscc" text NOT NULL,
	"id_card_no" text NOT NULL,
	"settlement_account_no" text NOT NULL,
	"area_code" text NOT NULL,
	"mcc" text NOT NULL,
	"opened_by" text NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "merchant_status" CHECK ("merchant"."status" in ('pending','active','frozen','cancelled','rejected'))
);
--> statement-breakpoint
CREATE TABLE "merchant_counter" (
	"prefix" char(11) PRIMARY KEY NOT NULL,
	"last" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "merchant_version" (
	"merchant_no" char(15) NOT NULL,
	"version" integer NOT NULL,
	"form" jsonb NOT NULL,
	"request_no" text NOT NULL,
	"effective_at" timestamp with time zone NOT NULL,
	CONSTRAINT "merchant_version_merchant_no_version_pk" PRIMARY KEY("merchant_no","version"),
	CONSTRAINT "merchant_version_request" UNIQUE("request_no")
);
--> statement-breakpoint
CREATE TABLE "module" (
	"code" text PRIMARY KEY NOT NULL,
	"name_zh" text NOT NULL,
	"name_en" text NOT NULL,
	"sort" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "module_function" (
	"code" text PRIMARY KEY NOT NULL,
	"module_code" text NOT NULL,
	"name_zh" text NOT NULL,
	"name_en" text NOT NULL,
	"sort" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "policy" (
	"key" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL,
	"note" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "quota_account" (
	"merchant_no" char(15) PRIMARY KEY NOT NULL,
	"balance_fen" bigint NOT NULL,
	"frozen_fen" bigint NOT NULL,
	"opened_by" text NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	CONSTRAINT "quota_never_negative" CHECK ("quota_account"."balance_fen" >= "quota_account"."frozen_fen" and "quota_account"."frozen_fen" >= 0)
);
--> statement-breakpoint
CREATE TABLE "request" (
	"request_no" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"version" integer NOT NULL,
	"revision" integer NOT NULL,
	"submissions" integer NOT NULL,
	"title" text NOT NULL,
	"merchant_no" text NOT NULL,
	"amount_fen" bigint,
	"maker_code" text NOT NULL,
	"maker_name" text NOT NULL,
	"level" integer NOT NULL,
	"levels" integer NOT NULL,
	"waits_for" text,
	"claimed_by" text,
	"claimed_until" timestamp with time zone,
	"involved" text[] NOT NULL,
	"overdue" boolean NOT NULL,
	"submitted_at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone,
	"updated_at" timestamp with time zone NOT NULL,
	"whole" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "request_counter" (
	"prefix" char(2) NOT NULL,
	"business_date" char(8) NOT NULL,
	"last" integer NOT NULL,
	CONSTRAINT "request_counter_prefix_business_date_pk" PRIMARY KEY("prefix","business_date")
);
--> statement-breakpoint
CREATE TABLE "request_decision" (
	"request_no" text NOT NULL,
	"user_code" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "request_decision_request_no_user_code_pk" PRIMARY KEY("request_no","user_code")
);
--> statement-breakpoint
CREATE TABLE "request_draft" (
	"request_no" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"maker_code" char(8) NOT NULL,
	"data" jsonb NOT NULL,
	"reasons" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"saved_at" timestamp with time zone NOT NULL,
	"accepted_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "request_effect" (
	"request_no" text NOT NULL,
	"step" text NOT NULL,
	"answer" jsonb NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "request_effect_request_no_step_pk" PRIMARY KEY("request_no","step")
);
--> statement-breakpoint
CREATE TABLE "request_event" (
	"request_no" text NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"event" jsonb NOT NULL,
	CONSTRAINT "request_event_request_no_seq_pk" PRIMARY KEY("request_no","seq")
);
--> statement-breakpoint
CREATE TABLE "request_seen" (
	"request_no" text NOT NULL,
	"user_code" text NOT NULL,
	"revision" integer NOT NULL,
	"data" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "request_seen_request_no_user_code_pk" PRIMARY KEY("request_no","user_code")
);
--> statement-breakpoint
CREATE TABLE "reserved_number" (
	"merchant_no" char(15) PRIMARY KEY NOT NULL,
	"request_no" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reserved_number_request_no_unique" UNIQUE("request_no")
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id_hash" char(64) PRIMARY KEY NOT NULL,
	"user_code" char(8) NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"active_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"address" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_in_failure" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sign_in_failure_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_code" text NOT NULL,
	"address" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user_group" (
	"code" char(2) PRIMARY KEY NOT NULL,
	"name_zh" text NOT NULL,
	"name_en" text NOT NULL,
	"status" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "group_member" ADD CONSTRAINT "group_member_user_code_app_user_code_fk" FOREIGN KEY ("user_code") REFERENCES "public"."app_user"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_member" ADD CONSTRAINT "group_member_group_code_user_group_code_fk" FOREIGN KEY ("group_code") REFERENCES "public"."user_group"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_right" ADD CONSTRAINT "group_right_group_code_user_group_code_fk" FOREIGN KEY ("group_code") REFERENCES "public"."user_group"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_right" ADD CONSTRAINT "group_right_function_code_module_function_code_fk" FOREIGN KEY ("function_code") REFERENCES "public"."module_function"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "merchant_version" ADD CONSTRAINT "merchant_version_merchant_no_merchant_merchant_no_fk" FOREIGN KEY ("merchant_no") REFERENCES "public"."merchant"("merchant_no") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "module_function" ADD CONSTRAINT "module_function_module_code_module_code_fk" FOREIGN KEY ("module_code") REFERENCES "public"."module"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quota_account" ADD CONSTRAINT "quota_account_merchant_no_merchant_merchant_no_fk" FOREIGN KEY ("merchant_no") REFERENCES "public"."merchant"("merchant_no") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_draft" ADD CONSTRAINT "request_draft_maker_code_app_user_code_fk" FOREIGN KEY ("maker_code") REFERENCES "public"."app_user"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_code_app_user_code_fk" FOREIGN KEY ("user_code") REFERENCES "public"."app_user"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "app_user_code_case" ON "app_user" USING btree (lower("code"));--> statement-breakpoint
CREATE INDEX "attachment_request" ON "attachment" USING btree ("request_no");--> statement-breakpoint
CREATE INDEX "audit_object" ON "audit_log" USING btree ("object","id");--> statement-breakpoint
CREATE INDEX "audit_actor" ON "audit_log" USING btree ("actor_code","id");--> statement-breakpoint
CREATE INDEX "group_member_group" ON "group_member" USING btree ("group_code");--> statement-breakpoint
CREATE INDEX "merchant_uscc" ON "merchant" USING btree ("uscc");--> statement-breakpoint
CREATE INDEX "merchant_id_card" ON "merchant" USING btree ("id_card_no");--> statement-breakpoint
CREATE INDEX "merchant_account" ON "merchant" USING btree ("settlement_account_no");--> statement-breakpoint
CREATE INDEX "request_waiting" ON "request" USING btree ("waits_for","due_at","request_no") INCLUDE ("involved","claimed_until","kind") WHERE "request"."waits_for" is not null;--> statement-breakpoint
CREATE INDEX "request_maker" ON "request" USING btree ("maker_code","submitted_at","request_no");--> statement-breakpoint
CREATE INDEX "request_kind" ON "request" USING btree ("kind","submitted_at","request_no");--> statement-breakpoint
CREATE INDEX "request_merchant" ON "request" USING btree ("merchant_no");--> statement-breakpoint
CREATE INDEX "request_decision_user" ON "request_decision" USING btree ("user_code","at","request_no");--> statement-breakpoint
CREATE INDEX "request_draft_maker" ON "request_draft" USING btree ("maker_code","created_at");--> statement-breakpoint
CREATE INDEX "sign_in_failure_user" ON "sign_in_failure" USING btree ("user_code","at");