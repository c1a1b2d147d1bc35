const { createServer } = require('node:http');
const { Pool } = require('pg');

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const query = async (text) => (await pool.query(text)).rows;

// A file that is taken in is worked on after the answer.
const work = () => query("update public.job set state = case when asked > 2 then 'processed' else state end, asked = asked + 1");

const routes = {
  '/items': async () => [200, { items: await query('select name from public.item order by id limit 3') }],
  '/ingest': async () => [202, await query("insert into public.job values (1, 'queued', 0) returning id")],
  '/job': async () => {
    await work();
    return [200, (await query('select state from public.job'))[0]];
  },
};

createServer(async (request, response) => {
  const answer = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  try {
    const [status, body] = (await routes[request.url]?.()) ?? [404, {}];
    return answer(status, body);
  } catch (error) {
    console.error(`ERROR ${error.message}`);
    return answer(500, { error: error.message });
  }
}).listen(Number(process.env.PORT), () => console.log('ready'));
