// Lantern's public endpoint: whether it is well, and the keys by which others check its tokens. Reads DATABASE_URL and PORT.
const { createServer } = require('node:http');
const { env } = require('node:process');
const { Pool } = require('pg');

const pool = new Pool({ connectionString: env.DATABASE_URL, max: 2 });

async function keys() {
  const { rows } = await pool.query('select jwk from public.jwks_key where active order by kid');
  return { keys: rows.map(({ jwk }) => jwk) };
}

async function health() {
  const { rows } = await pool.query('select count(*)::int as communities from public.community');
  return { status: 'ok', communities: rows[0].communities };
}

/** Moves a cursor forward, as the reconciliation job does after each batch; makes it the first time. */
async function advance() {
  const { rows } = await pool.query(
    `insert into public.reconciliation_cursor (name, position) values ('payments', 1)
     on conflict (name) do update set position = reconciliation_cursor.position + 1, moved_at = now()
     returning position::int`,
  );
  return rows[0];
}

const routes = { '/.well-known/jwks.json': keys, '/health': health, '/reconcile': advance };

createServer(async (request, response) => {
  const answer = routes[new URL(request.url, 'http://localhost').pathname];
  try {
    const body = answer === undefined ? { error: 'not found' } : await answer();
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  } catch (error) {
    response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error: error.message }));
  }
}).listen(Number(env.PORT), '127.0.0.1');
