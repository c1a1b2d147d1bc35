// Stands for a migration tool: applies what its ledger doesn't have yet.
const fs = require('node:fs');
const path = require('node:path');
const pg = require('pg');

async function migrate() {
  const client = new pg.Client();
  await client.connect();
  const { rows } = await client.query('select version from public.schema_migrations');
  const applied = new Set(rows.map(({ version }) => version));
  const folder = path.join(__dirname, 'migrations');
  for (const file of fs.readdirSync(folder).sort()) {
    if (applied.has(file)) continue;
    await client.query('begin');
    await client.query(fs.readFileSync(path.join(folder, file), 'utf8'));
    await client.query('insert into public.schema_migrations values ($1)', [file]);
    await client.query('commit');
  }
  await client.end();
}

migrate().catch((error) => {
  console.error(`${error.code} ${error.message}`);
  process.exit(1);
});
