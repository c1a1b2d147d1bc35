// An application for tests: it asks its database, or does one of the things that applications shouldn't do.
const { createServer } = require('node:http');
const { spawn } = require('node:child_process');
const { Pool } = require('pg');

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
pool.on('error', () => {});

const pages = {
  '/static': () => [200, { ok: true }],
  '/items': async () => [200, { items: (await pool.query('select id::int, name from public.item order by id')).rows }],
  '/broken': async () => [200, (await pool.query('select gone from public.item')).rows],
  '/crash': () => process.exit(7),
  '/never': () => new Promise(() => {}),
  '/secret': (request) => [200, { given: request.headers.authorization ?? null }],
  // A job: it is processed once it was asked for three times.
  '/ingest': async () => [202, (await pool.query("update public.job set state = 'queued', asked = 0 returning state")).rows[0]],
  '/job': async () => [
    200,
    (await pool.query("update public.job set asked = asked + 1, state = case when asked >= 2 then 'processed' else state end returning state, asked")).rows[0],
  ],
};

const texts = {
  '/page':
    '<!doctype html><h1 id="title">Items</h1><ul></ul><script>fetch("/items").then((a) => a.json()).then(({ items }) => { for (const { name } of items) document.querySelector("ul").innerHTML += "<li>" + name + "</li>"; })</script>',
  '/page-without-data': '<!doctype html><h1>Items</h1><script>fetch("/broken")</script>',
  '/page-with-error': '<!doctype html><h1>Items</h1><script>fetch("/items").then(() => { throw new Error("page broke") })</script>',
};

switch (process.env.MODE) {
  case 'crash':
    console.error('no configuration');
    process.exit(3);
    break;
  case 'deaf':
    setInterval(() => {}, 1000);
    break;
  case 'children':
    // One that leaves the process group, as daemons do.
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' }).unref();
    listen();
    break;
  default:
    listen();
}

function listen() {
  createServer(async (request, response) => {
    const text = texts[request.url];
    if (text !== undefined) return response.writeHead(200, { 'content-type': 'text/html' }).end(text);
    const page = pages[request.url];
    if (page === undefined) return response.writeHead(404).end();
    try {
      const [status, body] = await page(request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    } catch (error) {
      console.error(`ERROR ${error.message}`);
      response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error: error.message }));
    }
  }).listen(Number(process.env.PORT), () => console.log('ready to serve'));
}
