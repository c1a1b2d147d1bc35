import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProductionServer } from '../scenarios/production-server.ts';
import { makeHome, runScenario } from '../scenarios/run-scenario.ts';
import type { Expectation } from '../scenarios/scenario.ts';
import { installNpmTools, makeProject } from '../support/npm-tools.ts';

// Whole rehearsals in which the team's own tool runs, from npm, through the recorder.

let tools: ReturnType<typeof installNpmTools>;
let production: ProductionServer;
let home: ReturnType<typeof makeHome>;
beforeAll(async () => {
  tools = installNpmTools();
  home = makeHome();
  production = await ProductionServer.start(18);
});
afterAll(async () => {
  await production?.[Symbol.asyncDispose]();
  home?.[Symbol.dispose]();
  tools?.remove();
});

const people = `create role shop_migrator login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;
set role shop_migrator;
`;
const items = 'create table item (id integer primary key, name text not null);\n';
const rows = `insert into item select g, 'item ' || g from generate_series(1, 100) g;\n`;

interface Case {
  readonly name: string;
  readonly migrate: object;
  readonly files: Readonly<Record<string, string>>;
  readonly production: string;
  readonly more?: object;
  readonly expect: Pick<Expectation, 'verdict' | 'exitCode'> & Partial<Expectation>;
}

const pass = { verdict: 'PASS', exitCode: 0, passed: ['lineage', 'lineage-applied', 'schema-equality'] } as const;

const journal = (entries: Readonly<Record<string, number>>) =>
  JSON.stringify({
    version: '7',
    dialect: 'postgresql',
    entries: Object.entries(entries).map(([tag, when], idx) => ({ idx, version: '7', when, tag, breakpoints: true })),
  });
const drizzleLedger = `create schema drizzle; create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
insert into drizzle.__drizzle_migrations (hash, created_at) values ('${createHash('sha256').update(items).digest('hex')}', 1000);
`;
const drizzleConfig = `export default { dialect: 'postgresql', out: './drizzle', dbCredentials: { url: process.env.DATABASE_URL } };`;

const knexFile = `module.exports = { client: 'pg', connection: process.env.DATABASE_URL, migrations: { loadExtensions: ['.cjs'] } };`;
const knexFiles = {
  'knexfile.cjs': knexFile,
  'migrations/1_items.cjs': `exports.up = (knex) => knex.raw("${items.trim()}");\nexports.down = (knex) => knex.raw('drop table item');\n`,
  'migrations/2_label.cjs': `exports.up = (knex) => knex.schema.alterTable('item', (t) => t.text('label'));\nexports.down = () => {};\n`,
};
const knexMigrate = { tool: 'knex', program: ['npx', 'knex', '--knexfile', 'knexfile.cjs'], extensions: ['.cjs'], role: 'shop_migrator' };
const knexLedger = (locked: 0 | 1) => `create table knex_migrations (id serial primary key, name varchar(255), batch integer, migration_time timestamptz);
create table knex_migrations_lock (index serial primary key, is_locked integer);
insert into knex_migrations (name, batch, migration_time) values ('1_items.cjs', 1, now());
insert into knex_migrations_lock (is_locked) values (${locked});
`;

const cases: readonly Case[] = [
  {
    name: 'drizzle-real',
    migrate: { tool: 'drizzle', role: 'shop_migrator' },
    files: {
      'drizzle.config.js': drizzleConfig,
      'drizzle/0000_items.sql': items,
      'drizzle/0002_label.sql': 'alter table item add column label text;--> statement-breakpoint\nalter table item add column weight integer;\n',
      'drizzle/0001_index.sql': 'create index item_label on item (label);\n',
      'drizzle/meta/_journal.json': journal({ '0000_items': 1000, '0002_label': 2000, '0001_index': 3000 }),
    },
    production: `${people}${items}${drizzleLedger}reset role;\n${rows}`,
    expect: pass,
  },
  {
    name: 'drizzle-real-late',
    migrate: { tool: 'drizzle', role: 'shop_migrator' },
    files: {
      'drizzle.config.js': drizzleConfig,
      'drizzle/0000_items.sql': items,
      'drizzle/0001_backfill.sql': `update item set name = upper(name);\n`,
      'drizzle/0002_label.sql': 'alter table item add column label text;\n',
      'drizzle/meta/_journal.json': journal({ '0001_backfill': 500, '0000_items': 1000, '0002_label': 2000 }),
    },
    production: `${people}${items}${drizzleLedger}reset role;\n${rows}`,
    expect: { verdict: 'BLOCKER', rootCause: 'dependency-order', exitCode: 1, findings: ['lineage:revision:0001_backfill:skipped'] },
  },
  {
    name: 'knex-real',
    migrate: knexMigrate,
    files: knexFiles,
    production: `${people}${items}${knexLedger(0)}reset role;\n${rows}`,
    expect: pass,
  },
  {
    name: 'knex-real-locked',
    migrate: knexMigrate,
    files: knexFiles,
    production: `${people}${items}${knexLedger(1)}reset role;\n${rows}`,
    expect: { verdict: 'BLOCKER', rootCause: 'lock', exitCode: 1, failure: { code: 'migration-lock-held' } },
  },
  {
    name: 'knex-real-anchored',
    migrate: knexMigrate,
    files: knexFiles,
    // Production was migrated by hand, and never told.
    production: `${people}${items}reset role;\n${rows}`,
    more: { anchor: { revision: '1_items.cjs' } },
    expect: pass,
  },
  {
    name: 'node-pg-real',
    migrate: { tool: 'node-pg-migrate', role: 'shop_migrator' },
    files: {
      'migrations/1700000000000_items.sql': items,
      'migrations/1700000000001_label.cjs': `exports.up = (pgm) => pgm.addColumn('item', { label: { type: 'text' } });\n`,
      'migrations/1700000000002_index.sql': `-- Up Migration\ncreate index item_label on item (label);\n-- Down Migration\ndrop index item_label;\n`,
    },
    production: `${people}${items}create table pgmigrations (id serial primary key, name varchar(255) not null, run_on timestamp not null);
insert into pgmigrations (name, run_on) values ('1700000000000_items', now());
reset role;\n${rows}`,
    expect: pass,
  },
  {
    name: 'node-pg-real-order',
    migrate: { tool: 'node-pg-migrate', role: 'shop_migrator' },
    files: { 'migrations/1700000000000_items.sql': items, 'migrations/1600000000000_late.sql': 'alter table item add column label text;\n' },
    production: `${people}${items}create table pgmigrations (id serial primary key, name varchar(255) not null, run_on timestamp not null);
insert into pgmigrations (name, run_on) values ('1700000000000_items', now());
reset role;\n${rows}`,
    expect: { verdict: 'BLOCKER', rootCause: 'dependency-order', exitCode: 1, failure: { code: 'migration-order' } },
  },
];

test.each(cases)('$name: a whole rehearsal', async ({ name, migrate, files, production: sql, more = {}, expect: expected }) => {
  const folder = makeProject(tools.folder, name, { ...files, 'production.sql': sql });
  const config = { source: { urlVariable: 'SCENARIO_SOURCE_URL', allowPrimary: true }, migrate, baseline: { mode: 'init-then-migrations' }, ...more };
  writeFileSync(join(folder, 'pgrehearse.config.json'), JSON.stringify(config));
  const result = await runScenario({ name, folder, expect: { about: name, majors: [18], findings: [], ...expected } }, production, home.folder);
  expect(result.problems, result.stderr).toEqual([]);
});
