const { createServer } = require('node:http');
const { Pool } = require('pg');

const pool = new Pool({ connectionString: process.env.DATABASE_URL });

createServer(async (request, response) => {
  const answer = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (request.url === '/health') return answer(200, { ok: true });
  try {
    const { rows } = await pool.query('select name as name from public.item order by id limit 3');
    return answer(200, { items: rows });
  } catch (error) {
    console.error(`ERROR ${error.message}`);
    return answer(500, { error: error.message });
  }
}).listen(Number(process.env.PORT));
