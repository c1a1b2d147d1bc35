import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { PreflightCheckName } from '../../src/core/preflight.ts';
import type { PreflightRequest } from '../../src/rehearsal/preflight/preflight-request.ts';
import { untilTrue } from '../support/until-true.ts';
import type { StandIn } from './stand-in.ts';

/** One thing that is otherwise than it was rehearsed. */
export interface Change {
  readonly name: string;
  /** Every check that has to say no-go, and no other. */
  readonly checks: readonly PreflightCheckName[];
  /** What one of their reasons has to name. */
  readonly names: RegExp;
  /** Makes the change, and gives what undoes it. */
  readonly make?: (standIn: StandIn) => Promise<() => Promise<unknown>>;
  /** How a person looks. */
  readonly told?: (standIn: StandIn) => Partial<PreflightRequest>;
  /** What the team's configuration of the preflight says. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What the rest of the configuration says. */
  readonly configuration?: Readonly<Record<string, unknown>>;
}

const sql =
  (change: string, undo: string) =>
  async ({ ask }: StandIn) => {
    await ask(change);
    return () => ask(undo);
  };

/** A change of the schema. */
const schema = (name: string, names: RegExp, change: string, undo: string, also: readonly PreflightCheckName[] = []): Change => ({
  name,
  names,
  checks: ['schema', ...also],
  make: sql(change, undo),
});

const policy = (using: string) =>
  `drop policy tenancy on public.item; set role shop_migrator; create policy tenancy on public.item for select to shop_reader using (${using})`;
const stamp = (body: string) => `create or replace function public.stamp() returns trigger language plpgsql as $$ begin ${body}return new; end $$`;

/** A session of somebody else, which is gone when it is undone. */
const somebody = (begin: (client: pg.Client, standIn: StandIn) => Promise<void>) => async (standIn: StandIn) => {
  const client = await standIn.open();
  const [row] = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows;
  await begin(client, standIn);
  return async () => {
    await standIn.ask(`select pg_terminate_backend(${row?.pid})`);
    await client.end().catch(() => {});
    await untilTrue('the session is gone', async () => (await standIn.ask(`select from pg_stat_activity where pid = ${row?.pid}`)).rowCount === 0);
  };
};

const file =
  (path: string, content: string | undefined) =>
  async ({ folder }: StandIn) => {
    const whole = join(folder, path);
    const before = path.includes('0003') ? undefined : readFileSync(whole, 'utf8');
    const put = (text: string | undefined) => (text === undefined ? rmSync(whole) : writeFileSync(whole, text));
    put(content);
    return async () => put(before);
  };

const serverSetting =
  (value: string) =>
  async ({ ask }: StandIn) => {
    const set = async (statement: string, wanted: string | undefined) => {
      const before = (await ask('show timezone')).rows[0]?.TimeZone as string;
      await ask(statement);
      await ask('select pg_reload_conf()');
      await untilTrue('the setting holds', async () => (await ask('show timezone')).rows[0]?.TimeZone === (wanted ?? before));
      return before;
    };
    const before = await set(`alter system set timezone = '${value}'`, value);
    return () => set('alter system reset timezone', before);
  };

/** What may not be deployed on: by what it is, and by which check it is found. */
export const changes: readonly Change[] = [
  schema('a column is added', /public\.item\.extra/, 'alter table public.item add column extra int', 'alter table public.item drop column extra'),
  schema(
    'a column gets another default',
    /public\.item\.tenant/,
    'alter table public.item alter tenant set default 2',
    'alter table public.item alter tenant set default 1',
  ),
  schema('an index is dropped', /item_name/, 'drop index public.item_name', 'set role shop_migrator; create index item_name on public.item (name)'),
  schema('a policy is changed', /tenancy on public\.item/, policy('tenant = 2'), policy('tenant = 1')),
  schema(
    'row security is switched off',
    /public\.item/,
    'alter table public.item disable row level security',
    'alter table public.item enable row level security',
  ),
  schema('a right is granted', /public\.audit/, 'grant select on public.audit to shop_reader', 'revoke select on public.audit from shop_reader'),
  schema('a trigger is disabled', /item_stamp/, 'alter table public.item disable trigger item_stamp', 'alter table public.item enable trigger item_stamp'),
  schema('a function is replaced', /public\.stamp/, stamp('new.name := upper(new.name); '), stamp('')),
  schema(
    'a sequence is nobody’s',
    /audit_id_seq/,
    'alter sequence public.audit_id_seq owned by none',
    'alter sequence public.audit_id_seq owned by public.audit.id',
  ),
  schema(
    'a table has another owner',
    /public\.item/,
    'alter table public.item owner to shop_app',
    'alter table public.item owner to shop_migrator; revoke all on public.item from shop_app',
    ['migrator'],
  ),
  {
    name: 'a role gets an attribute',
    checks: ['roles'],
    names: /shop_app: CREATEDB was given/,
    make: sql('alter role shop_app createdb', 'alter role shop_app nocreatedb'),
  },
  {
    name: 'a role sets something',
    checks: ['roles'],
    names: /shop_app: it sets work_mem=/,
    make: sql(`alter role shop_app set work_mem = '9MB'`, 'alter role shop_app reset work_mem'),
  },
  { name: 'a role is new', checks: ['roles'], names: /stranger is new/, make: sql('create role stranger', 'drop role stranger') },
  {
    name: 'a role is in another group',
    checks: ['roles'],
    names: /shop_migrator is a member of shop_reader/,
    make: sql('grant shop_reader to shop_migrator', 'revoke shop_reader from shop_migrator'),
  },
  {
    name: 'the migrator may not log in',
    checks: ['roles', 'migrator'],
    names: /may not log in/,
    make: sql('alter role shop_migrator nologin', 'alter role shop_migrator login'),
  },
  {
    name: 'the database sets something',
    checks: ['settings'],
    names: /lock_timeout of the database is '1s'/,
    make: sql(`alter database shop set lock_timeout = '1s'`, 'alter database shop reset lock_timeout'),
  },
  { name: 'the server sets something', checks: ['settings'], names: /timezone of the server/, make: serverSetting('Asia/Tokyo') },
  {
    name: 'the database allows few connections',
    checks: ['settings'],
    names: /connection limit/,
    make: sql('alter database shop connection limit 50', 'alter database shop connection limit -1'),
  },
  { name: 'an extension is new', checks: ['extensions'], names: /citext/, make: sql('create extension citext', 'drop extension citext') },
  {
    name: 'an extension is of another version',
    checks: ['extensions'],
    names: /hstore is of version 1\.7/,
    make: sql(`drop extension hstore; create extension hstore version '1.7'`, 'drop extension hstore; create extension hstore'),
  },
  {
    name: 'a migration was recorded',
    checks: ['ledger'],
    names: /0002_note was recorded/,
    make: sql(`insert into public.schema_migrations values ('0002_note')`, `delete from public.schema_migrations where version = '0002_note'`),
  },
  {
    name: 'a migration is no longer recorded',
    checks: ['ledger'],
    names: /0001_start is no longer recorded/,
    make: sql('delete from public.schema_migrations', `insert into public.schema_migrations values ('0001_start')`),
  },
  {
    name: 'a migration file is edited',
    checks: ['migration-files'],
    names: /0002_note\.sql was edited/,
    make: file('migrations/0002_note.sql', 'select 1;\n'),
  },
  { name: 'a migration file is new', checks: ['migration-files'], names: /0003_more\.sql was added/, make: file('migrations/0003_more.sql', 'select 1;\n') },
  { name: 'a migration file is gone', checks: ['migration-files'], names: /0002_note\.sql was removed/, make: file('migrations/0002_note.sql', undefined) },
  {
    name: 'a session is idle in its transaction',
    checks: ['long-transactions'],
    names: /idle in transaction, holds ACCESS SHARE on public\.item/,
    make: somebody(async (client) => {
      await client.query('begin; select from public.item');
    }),
  },
  {
    name: 'a session is at work for long',
    checks: ['long-transactions'],
    names: /active, holds ACCESS SHARE on public\.item/,
    make: somebody(async (client, { ask }) => {
      client.query('select pg_sleep(3600) from public.item').catch(() => {});
      await untilTrue('it is at work', async () => (await ask(`select from pg_locks where relation = 'public.item'::regclass and granted`)).rowCount !== 0);
    }),
  },
  {
    name: 'a transaction is prepared',
    checks: ['long-transactions'],
    names: /prepared transaction left of postgres/,
    make: sql(`begin; update public.item set name = name where id = 1; prepare transaction 'left'`, `rollback prepared 'left'`),
  },
  {
    name: 'a slot is inactive',
    checks: ['replication'],
    names: /slot idle is inactive/,
    make: sql(`select pg_create_physical_replication_slot('idle', true)`, `select pg_drop_replication_slot('idle')`),
  },
  {
    name: 'a byte of the evidence is altered',
    checks: ['evidence'],
    names: /report\.md was altered/,
    make: async ({ runFolder }) => {
      const altered = join(runFolder, 'report.md');
      const { length } = readFileSync(altered);
      appendFileSync(altered, '!');
      return async () => truncateSync(altered, length);
    },
  },
  { name: 'the evidence has another root hash', checks: ['evidence'], names: /root hash/, told: () => ({ root: '0'.repeat(64) }) },
  { name: 'the evidence is too old', checks: ['evidence-age'], names: /are allowed/, settings: { maxEvidenceHours: 0.000_001 } },
  { name: 'another transcript was approved', checks: ['transcript'], names: /approved transcript/, told: () => ({ transcript: '0'.repeat(64) }) },
  { name: 'the configuration is another', checks: ['configuration'], names: /was changed after/, configuration: { title: 'another' } },
  {
    name: 'nothing may be deployed now',
    checks: ['freeze-window'],
    names: /the shop is closing its year/,
    settings: { freezeWindows: [{ from: '2020-01-01T00:00:00Z', to: '2999-01-01T00:00:00Z', reason: 'the shop is closing its year' }] },
  },
  {
    name: 'nobody has looked at the backups lately',
    checks: ['point-in-time-recovery'],
    names: /h ago/,
    settings: { pointInTimeRecovery: { from: 'attestation', by: 'the DBA on duty', at: '2020-01-01T00:00:00Z' } },
  },
  { name: 'the disk is full', checks: ['disk-room'], names: /0 B are free/, settings: { freeBytes: 0 } },
];
