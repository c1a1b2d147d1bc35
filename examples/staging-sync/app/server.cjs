// The collector's API as far as a sync needs it: migrations by request, health, counts, version. Reads DATABASE_URL, PORT and VERSION.
const { readdirSync, readFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { join } = require('node:path');
const { env } = require('node:process');
const { Pool } = require('pg');

const pool = new Pool({ connectionString: env.DATABASE_URL, max: 2 });
const folder = join(__dirname, 'migrations');

async function revision() {
  const { rows } = await pool.query('select version_num from public.alembic_version');
  return rows[0]?.version_num;
}

/** Applies what comes after the revision that the ledger names, each in a transaction. */
async function migrate() {
  const steps = readdirSync(folder).sort();
  const current = await revision();
  const next = steps.findIndex((name) => name.endsWith(`_${current}.sql`)) + 1;
  const applied = [];
  for (const name of steps.slice(next)) {
    const to = name.replace(/^\d+_|\.sql$/g, '');
    await pool.query(`begin; ${readFileSync(join(folder, name), 'utf8')}; update public.alembic_version set version_num = '${to}'; commit`);
    applied.push(to);
  }
  return { status: 'ok', applied, revision: await revision() };
}

async function health() {
  const { rows } = await pool.query("select count(*)::int as books, count(*) filter (where details ->> 'n' is not null)::int as detailed from public.books");
  const limits = await pool.query("select sum((value #>> '{}')::numeric)::float8 as total from (select to_jsonb(value) as value from public.admin_config) c");
  return { status: 'healthy', revision: await revision(), ...rows[0], limits: limits.rows[0].total };
}

async function books() {
  const { rows } = await pool.query('select count(*)::int as total from public.books');
  return rows[0];
}

const routes = {
  'POST /api/v1/health/migrate': migrate,
  'GET /api/v1/health/deep': health,
  'GET /api/v1/books': books,
  'GET /api/v1/version': async () => ({ version: env.VERSION }),
};

createServer(async (request, response) => {
  const answer = routes[`${request.method} ${new URL(request.url, 'http://localhost').pathname}`];
  try {
    const body = answer === undefined ? { error: 'not found' } : await answer();
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  } catch (error) {
    response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error: error.message, code: error.code }));
  }
}).listen(Number(env.PORT), '127.0.0.1');
