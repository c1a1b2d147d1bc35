import { chmodSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, type OwnServer, withOwnServer } from '../support/own-server.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { withNewerFace } from './newer-face.ts';
import { shopProduction } from './shop.ts';
import { type Production, rehearse, withStage } from './stage.ts';

/** SQL of two extensions that no clone's server has, where this production's server finds them. */
let extensionFolder: string;
let server: OwnServer;
const done = Promise.withResolvers<void>();
let lifetime: Promise<void>;

const production: Production = {
  get admin() {
    return server.admin;
  },
  url: (database) => `postgres://shop_reader:right@127.0.0.1:${server.tcp.port}/${database}?sslmode=disable`,
};

beforeAll(async () => {
  extensionFolder = makeFolder('pgr-extensions-');
  const folder = join(extensionFolder, 'extension');
  mkdirSync(folder);
  for (const name of ['nowhere', 'nowhere_else']) {
    writeFileSync(join(folder, `${name}.control`), `default_version = '1.0'\nrelocatable = true\n`);
    writeFileSync(join(folder, `${name}--1.0.sql`), `create function ${name}() returns int language sql as 'select 1';\n`);
  }
  for (const path of [extensionFolder, folder]) chmodSync(path, 0o755);
  const started = Promise.withResolvers<OwnServer>();
  const options = { hba: ['host all all 127.0.0.1/32 scram-sha-256'], settings: { extension_control_path: `${extensionFolder}:$system` } };
  lifetime = withOwnServer(18, options, async (own) => {
    started.resolve(own);
    await done.promise;
  });
  lifetime.catch(started.reject);
  server = await started.promise;
  await ask(server.admin, "create role shop_reader superuser login password 'right'");
});
afterAll(async () => {
  done.resolve();
  await lifetime;
  rmSync(extensionFolder, { recursive: true });
});

const as = (url: string) => ({ env: { PRODUCTION_URL: url } });

test('a source that nobody listens at: host and port are named', async () => {
  const port = await new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
  await withStage(production, {}, async (stage) => {
    const { exitCode, text, failure } = await rehearse(stage, as(`postgres://shop_reader:right@127.0.0.1:${port}/shop`));
    expect(text).toContain(`nothing accepts connections at 127.0.0.1:${port}`);
    expect(text).toContain('Check host and port, and that the server or tunnel is running.');
    expect(text).not.toContain('right');
    expect({ exitCode, failure }).toMatchObject({ exitCode: 4, failure: { code: 'source-unreachable', rootCause: 'connection' } });
  });
});

test('a wrong password: the role is named, and neither password is shown', async () => {
  await withStage(production, {}, async (stage) => {
    const { exitCode, text, failure } = await rehearse(stage, as(production.url('shop').replace('right', 'wr0ng')));
    expect(text).toContain('password authentication failed for user "shop_reader"');
    expect(text).toContain('Check user and password (PGPASSWORD, ~/.pgpass or the URL).');
    expect(text + JSON.stringify(failure)).not.toContain('wr0ng');
    expect({ exitCode, failure }).toMatchObject({ exitCode: 4, failure: { code: 'authentication-failed', rootCause: 'authentication' } });
  });
});

test('a server of a major version that nobody here has: the version and the package that brings it are named', async () => {
  await withStage(production, {}, async (stage) => {
    await withNewerFace(server.tcp, async (port) => {
      const url = production.url('shop').replace(String(server.tcp.port), String(port));
      const { exitCode, text, failure } = await rehearse(stage, as(url));
      expect(text).toContain('no Postgres 19 server is installed here');
      expect(text).toContain('postgresql-19');
      expect({ exitCode, failure }).toMatchObject({ exitCode: 4, failure: { code: 'server-build-missing', object: '19' } });
    });
  });
});

test('a server newer than every pg_dump, where clones of another major are accepted', async () => {
  const clone = { acceptOtherMajor: { reason: 'nobody has packaged PostgreSQL 19 yet' } };
  await withStage(production, { settings: { clone } }, async (stage) => {
    await withNewerFace(server.tcp, async (port) => {
      const url = production.url('shop').replace(String(server.tcp.port), String(port));
      const { exitCode, text, failure } = await rehearse(stage, as(url));
      expect(text).toContain('the server is PostgreSQL 19; the newest pg_dump here is 18');
      expect({ exitCode, failure }).toMatchObject({ exitCode: 4, failure: { code: 'server-newer-than-clients', cure: expect.stringContaining('19') } });
    });
  });
});

test('extensions that no server here has: each is named, with what installs it', async () => {
  const script = `${shopProduction} create extension nowhere; create extension nowhere_else;`;
  await withStage(production, { script }, async (stage) => {
    const { exitCode, text, failure } = await rehearse(stage);
    for (const name of ['nowhere', 'nowhere-else']) expect(text).toContain(`apt-get install postgresql-18 postgresql-18-${name}\``);
    const problems = [
      { code: 'missing-extension', object: 'nowhere' },
      { code: 'missing-extension', object: 'nowhere_else' },
    ];
    expect({ exitCode, failure }).toMatchObject({ exitCode: 4, failure: { code: 'missing-extension', problems } });
    // Nothing was copied for it.
    expect(text).not.toContain('Copying');
  });
});

test('a production larger than the disk: known before anything is copied', async () => {
  await withStage(production, {}, async (stage) => {
    const [row] = await ask(stage.address, 'select oid from pg_catalog.pg_database where datname = current_database()');
    // A file without content that claims 4 TB: Postgres counts it into the database's size.
    const claim = join(server.admin.host, 'data/base', String(row?.oid), '1');
    writeFileSync(claim, '');
    truncateSync(claim, 4 * 1024 ** 4);
    const { exitCode, text, failure } = await rehearse(stage);
    expect(text).toMatch(new RegExp(`\\d+\\.\\d GB are needed in ${stage.home}/data, \\d+\\.\\d GB are free`));
    expect(text).toMatch(/Free \d+\.\d GB there \(`pgrehearse gc` removes what is past its time\), or set PGREHEARSE_HOME to a larger disk/);
    expect(text).not.toContain('Copying');
    expect({ exitCode, failure }).toMatchObject({ exitCode: 4, failure: { code: 'disk-short' } });
  });
});

test('a migrator that production does not have: role and source are named before anything is copied', async () => {
  await withStage(production, { settings: { migrate: { role: 'shop_migrater' } } }, async (stage) => {
    const { exitCode, text, failure } = await rehearse(stage);
    expect(text).toMatch(/has no role shop_migrater, which migrate\.role names/);
    expect(text).toContain('Create the role in production, or correct its name.');
    expect(text).not.toContain('Copying');
    expect({ exitCode, failure }).toMatchObject({ exitCode: 3, failure: { code: 'role-missing', object: 'shop_migrater' } });
  });
});
