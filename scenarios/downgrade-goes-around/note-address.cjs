// Leaves behind where the clone itself listens, and how to get in.
const { writeFileSync } = require('node:fs');
const pg = require('pg');

async function note() {
  const client = new pg.Client();
  await client.connect();
  const { rows } = await client.query('select inet_server_port() as port');
  await client.end();
  const { PGHOST: host, PGUSER: user, PGDATABASE: database, PGPASSWORD: password } = process.env;
  writeFileSync('address.json', JSON.stringify({ host, user, database, password, port: rows[0].port }));
}

note().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
