// Stands for a team's own migration tool.
const pg = require('pg');

async function migrate() {
  const client = new pg.Client();
  await client.connect();
  await client.query('create table public.item_tag (item_id bigint, tag text)').catch(() => {});
  await client.query("insert into public.schema_migrations values ('0002_weigh_items')");
  await client.end();
}

migrate().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
