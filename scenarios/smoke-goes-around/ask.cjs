// Stands for a team's own check.
const pg = require('pg');

async function ask() {
  const client = new pg.Client();
  await client.connect();
  await client.query('select weight_grams from public.item limit 1');
  if (process.argv[2] === 'around') {
    // The server itself says where it listens.
    const { rows } = await client.query('select inet_server_port() as port');
    const other = new pg.Client({ port: rows[0].port });
    await other.connect();
    await other.query("insert into public.item (name, price_cents) values ('around', 1)");
    await other.end();
  }
  await client.end();
}

ask().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
