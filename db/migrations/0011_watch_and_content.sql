ALTER TABLE "risk_watch" ADD COLUMN "looked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "terminal_batch" ADD COLUMN "content" text;