CREATE TABLE "calendar_day" (
	"date" char(8) PRIMARY KEY NOT NULL,
	"working" boolean NOT NULL,
	"note" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notification" (
	"user_code" char(8) NOT NULL,
	"request_no" text NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"read_at" timestamp with time zone,
	CONSTRAINT "notification_user_code_request_no_seq_pk" PRIMARY KEY("user_code","request_no","seq")
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"request_no" text NOT NULL,
	"groups" text[] NOT NULL,
	"people" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "preference" (
	"user_code" char(8) PRIMARY KEY NOT NULL,
	"keys" boolean DEFAULT true NOT NULL,
	"phrases" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "request_twin" (
	"request_no" text NOT NULL,
	"key" text NOT NULL,
	CONSTRAINT "request_twin_request_no_key_pk" PRIMARY KEY("request_no","key")
);
--> statement-breakpoint
CREATE TABLE "saved_view" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "saved_view_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_code" char(8) NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"sort" integer NOT NULL,
	"is_default" boolean NOT NULL,
	CONSTRAINT "saved_view_name" UNIQUE("user_code","name")
);
--> statement-breakpoint
ALTER TABLE "request_draft" ADD COLUMN "held_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "preference" ADD CONSTRAINT "preference_user_code_app_user_code_fk" FOREIGN KEY ("user_code") REFERENCES "public"."app_user"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_view" ADD CONSTRAINT "saved_view_user_code_app_user_code_fk" FOREIGN KEY ("user_code") REFERENCES "public"."app_user"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notification_unread" ON "notification" USING btree ("user_code","at") WHERE "notification"."read_at" is null;--> statement-breakpoint
CREATE INDEX "outbox_at" ON "outbox" USING btree ("at");--> statement-breakpoint
CREATE INDEX "request_twin_key" ON "request_twin" USING btree ("key","request_no");--> statement-breakpoint
CREATE UNIQUE INDEX "saved_view_default" ON "saved_view" USING btree ("user_code") WHERE "saved_view"."is_default";