set -e
# The backup of the runbook's first step, and then the deploy.
pg_dump -Fc -f before.dump "$DATABASE_URL"
psql -X -q -v ON_ERROR_STOP=1 "$DATABASE_URL" -f migrations/0002_tag_items.sql -c "insert into public.schema_migrations values ('0002_tag_items')"
