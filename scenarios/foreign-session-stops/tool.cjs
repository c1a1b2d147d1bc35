// Stands for a team's own migration tool.
const pg = require('pg');

async function migrate() {
  const client = new pg.Client();
  await client.connect();
  await client.query("set lock_timeout = '2s'");
  await client.query('alter table public.item add column weight_grams integer');
  await client.query('alter table public.item add constraint item_price_not_negative check (price_cents >= 0)');
  await client.query('create index item_name_idx on public.item (name)');
  // The server itself says where it listens.
  const { rows } = await client.query('select inet_server_port() as port');
  const other = new pg.Client({ port: rows[0].port });
  await other.connect();
  await other.query('select 1');
  await other.end();
  await client.query("insert into public.schema_migrations values ('0002_weigh_items')");
  await client.end();
}

migrate().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
