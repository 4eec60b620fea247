CREATE TABLE "announcement" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "announcement_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"title" text NOT NULL,
	"body" text NOT NULL,
	"from_day" char(8) NOT NULL,
	"until_day" char(8) NOT NULL,
	"by_code" char(8) NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "password_history" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "password_history_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_code" char(8) NOT NULL,
	"password_hash" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rate_limit" (
	"key" text PRIMARY KEY NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"count" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "recovery_code" (
	"user_code" char(8) NOT NULL,
	"code_hash" char(64) NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "recovery_code_user_code_code_hash_pk" PRIMARY KEY("user_code","code_hash")
);
--> statement-breakpoint
CREATE TABLE "totp" (
	"user_code" char(8) PRIMARY KEY NOT NULL,
	"secret_cipher" text NOT NULL,
	"confirmed_at" timestamp with time zone,
	"last_step" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "app_user" ADD COLUMN "password_changed_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "module" ADD COLUMN "parent_code" text;--> statement-breakpoint
ALTER TABLE "module" ADD COLUMN "status" text DEFAULT 'active' NOT NULL;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "agent" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "password_history" ADD CONSTRAINT "password_history_user_code_app_user_code_fk" FOREIGN KEY ("user_code") REFERENCES "public"."app_user"("code") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_code" ADD CONSTRAINT "recovery_code_user_code_app_user_code_fk" FOREIGN KEY ("user_code") REFERENCES "public"."app_user"("code") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "totp" ADD CONSTRAINT "totp_user_code_app_user_code_fk" FOREIGN KEY ("user_code") REFERENCES "public"."app_user"("code") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "password_history_user" ON "password_history" USING btree ("user_code","id");--> statement-breakpoint
INSERT INTO "group_right" ("group_code", "function_code") SELECT '01', 'inbox' WHERE EXISTS (SELECT 1 FROM "user_group" WHERE "code" = '01') AND EXISTS (SELECT 1 FROM "module_function" WHERE "code" = 'inbox') ON CONFLICT DO NOTHING;
