#!/bin/sh
# Makes Temporal's two databases and brings their schema to the version of this image; safe to repeat.
set -eu
for name in temporal temporal_visibility; do
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -u "$POSTGRES_USER" -p 5432 --db "$name" create || true
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -u "$POSTGRES_USER" -p 5432 --db "$name" setup-schema -v 0.0 || true
  case "$name" in temporal) kind=temporal ;; *) kind=visibility ;; esac
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -u "$POSTGRES_USER" -p 5432 --db "$name" \
    update-schema -d "/etc/temporal/schema/postgresql/v12/$kind/versioned"
done
