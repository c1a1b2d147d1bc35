import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { settingsSchema } from '../../src/config/schema.ts';
import type { Context } from '../../src/core/ports.ts';
import type { PreflightReport } from '../../src/core/preflight.ts';
import { preflight } from '../../src/rehearsal/preflight/preflight.ts';
import type { PreflightRequest } from '../../src/rehearsal/preflight/preflight-request.ts';
import { rehearse } from '../../src/rehearsal/rehearse.ts';
import { ProductionServer } from '../scenarios/production-server.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { unhurried } from '../support/unhurried.ts';
import { unwrap } from '../support/unwrap.ts';
import { withContext } from '../support/with-context.ts';

/** What the repo says of today; its migrator makes it. */
const schema = `
create table public.schema_migrations (version text primary key);
create table public.item (id bigint generated always as identity primary key, name text not null, tenant int not null default 1);
create table public.audit (id serial primary key, said text);
create index item_name on public.item (name);
create function public.stamp() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger item_stamp before update on public.item for each row execute function public.stamp();
alter table public.item enable row level security;
create policy tenancy on public.item for select to shop_reader using (tenant = 1);
grant select on public.item to shop_reader;
`;

/** Production as its superuser makes it: what may be changed under a deploy is there. */
const production = `
create role shop_migrator login;
create role shop_reader nologin;
create role shop_app login in role shop_reader;
alter role shop_app set search_path = public;
alter database shop owner to shop_migrator;
alter database shop set work_mem = '8MB';
create extension hstore;
set role shop_migrator;
${schema}
reset role;
insert into public.item (name) select 'item ' || n from generate_series(1, 50) as n;
insert into public.schema_migrations values ('0001_start');`;

const note = 'alter table public.item add column note text;\n';

const files: Readonly<Record<string, string>> = {
  'migrations/0001_start.sql': schema,
  'migrations/0002_note.sql': note,
  'schema/head.sql': `create extension hstore;\n${schema}${note}`,
};

type Section = Readonly<Record<string, unknown>>;

/** A production with a rehearsal that passed, and a way to look at it again. */
export interface StandIn {
  readonly server: ProductionServer;
  readonly context: Context;
  /** The project. */
  readonly folder: string;
  /** The rehearsal's folder. */
  readonly runFolder: string;
  readonly transcript: string;
  /** Asks production, as superuser. */
  ask(sql: string): Promise<pg.QueryResult>;
  /** A session of somebody else on production, which ends with `close`. */
  open(): Promise<pg.Client>;
  /** Looks at production; as the team would where nothing is told. */
  look(told?: Partial<PreflightRequest>, preflightSettings?: Section, configuration?: Section): Promise<PreflightReport & { readonly runFolder: string }>;
}

/** A configuration with which a preflight can say GO. */
export function settingsOf(server: ProductionServer, preflightSettings: Section = {}, configuration: Section = {}) {
  const at = new Date(Date.now() - 60_000).toISOString();
  return settingsSchema.parse({
    source: { url: server.url('shop'), allowPrimary: true },
    migrate: {
      tool: 'sql-files',
      folder: 'migrations',
      layout: 'flat',
      role: 'shop_migrator',
      ledger: { table: 'public.schema_migrations', column: 'version' },
    },
    baseline: { mode: 'init-at-head', schema: ['schema/head.sql'] },
    ...unhurried,
    traffic: { enabled: false },
    preflight: {
      maxTransactionSeconds: 0,
      freeBytes: 1e12,
      freezeWindows: [],
      pointInTimeRecovery: { from: 'attestation', by: 'the DBA on duty', at },
      ...preflightSettings,
    },
    ...configuration,
  });
}

/** A production that was rehearsed, for as long as it isn't disposed of. */
export async function openStandIn(major: 15 | 18): Promise<StandIn & AsyncDisposable> {
  const done = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<StandIn>();
  const ended = withStandIn(major, async (standIn) => {
    ready.resolve(standIn);
    await done.promise;
  });
  ended.catch(ready.reject);
  const standIn = await ready.promise;
  return {
    ...standIn,
    [Symbol.asyncDispose]: async () => {
      done.resolve();
      await ended;
    },
  };
}

async function withStandIn(major: 15 | 18, use: (standIn: StandIn) => Promise<void>): Promise<void> {
  await using server = await ProductionServer.start(major);
  await server.load('shop', production);
  await withFolder(files, (folder) => withContext(async (context) => await use(await rehearsed(server, folder, context))));
}

async function rehearsed(server: ProductionServer, folder: string, context: Context): Promise<StandIn> {
  writeFileSync(join(folder, '.gitignore'), '.pgrehearse\ndump\n');
  const author = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    [...author, 'commit', '-qm', 'first'],
  ])
    spawnSync('git', args, { cwd: folder });
  const ended = unwrap(await rehearse(context, { settings: settingsOf(server), folder, toolVersion: 'test' }));
  if (ended.verdict.kind !== 'PASS') throw new Error(`the rehearsal didn’t pass: ${JSON.stringify(ended.verdict)}`);
  const { runFolder } = ended;
  const transcript = createHash('sha256')
    .update(readFileSync(join(runFolder, 'deploy-transcript.txt')))
    .digest('hex');
  const open = async () => {
    const client = new pg.Client({ connectionString: server.url('shop') });
    // Its end, when it is undone, is no error of the test's.
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  const ask = async (sql: string) => {
    const client = await open();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };
  const look: StandIn['look'] = async (told = {}, preflightSettings = {}, configuration = {}) => {
    const settings = settingsOf(server, preflightSettings, configuration);
    const request = { settings, folder, toolVersion: 'test', rehearsal: runFolder, transcript, ...told };
    const looked = unwrap(await preflight(context, request));
    return { ...looked.report, runFolder: looked.runFolder };
  };
  return { server, context, folder, runFolder, transcript, ask, open, look };
}
