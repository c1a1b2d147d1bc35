import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CloudStage, cloudProject, productionPassword } from '../program/cloud-stage.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

let stage: CloudStage;
let sshd: Sshd;
let production: string;
beforeAll(async () => {
  [stage, sshd] = await Promise.all([cloudProject(), startSshd()]);
  await stage.production.server?.ask(script, [], 'postgres', 'owner');
  production = dumped(`postgres://owner:${productionPassword}@localhost:${stage.production.server?.port}/postgres?sslmode=require`);
});
afterEach(async () => {
  stage.aws.network = { mood: 'good' };
  await stage.cli(['drop', 'copy']);
  rmSync(join(stage.folder, 'dump'), { recursive: true, force: true });
});
afterAll(async () => {
  await Promise.all([stage[Symbol.asyncDispose](), sshd[Symbol.asyncDispose]()]);
});

/** What plain copies of tables tend to lose or to change. */
const script = `
  create schema "My Shop";
  create type "My Shop".state as enum ('open', 'paid', 'Überfällig');
  create domain "My Shop".positive as int check (value > 0);
  create table "My Shop"."Order" (
    id bigint generated always as identity primary key,
    note text, state "My Shop".state, amount numeric(30, 10), ratio float8, tags text[], doc jsonb, raw bytea,
    at timestamptz, day date, span interval, net inet, bits varbit, count "My Shop".positive, doubled numeric generated always as (amount * 2) stored);
  insert into "My Shop"."Order" (note, state, amount, ratio, tags, doc, raw, at, day, span, net, bits, count)
    select case n % 5 when 0 then null when 1 then E'tab\\there\\nnewline\\\\.\\r' when 2 then '\\.' when 3 then '' else 'ü ' || n end,
      (array['open', 'paid', 'Überfällig']::"My Shop".state[])[1 + n % 3], n / 7.0,
      case n % 4 when 0 then 'NaN' when 1 then 'infinity' when 2 then '-infinity' else 1.0 / n end::float8,
      array['a,b', null, '{"x"}', E'\\n'], jsonb_build_object('n', n), decode(md5(n::text), 'hex'),
      case n % 3 when 0 then 'infinity' when 1 then '0044-03-15 BC' else '2026-01-02 03:04:05.123456+00' end::timestamptz,
      '2026-02-28'::date + n, make_interval(months => n, secs => 1.5), '10.0.0.0/8', n::bit(8)::varbit, n
    from generate_series(1, 2000) n;
  create table "My Shop".event (id bigint, at date, body text, primary key (id, at)) partition by range (at);
  create table "My Shop".event_2025 partition of "My Shop".event for values from ('2025-01-01') to ('2026-01-01');
  create table "My Shop".event_2026 partition of "My Shop".event for values from ('2026-01-01') to ('2027-01-01');
  insert into "My Shop".event select n, '2025-06-01'::date + n % 400, repeat(md5(n::text), 10) from generate_series(1, 3000) n;
  create table "My Shop".line (id int primary key, "order" bigint references "My Shop"."Order" on delete cascade, check (id > 0));
  insert into "My Shop".line select n, n from generate_series(1, 1500) n;
  create index on "My Shop"."Order" (lower(note)) where state = 'open';
  create view "My Shop".paid as select id, amount from "My Shop"."Order" where state = 'paid';
  create materialized view "My Shop".sums as select state, sum(amount) from "My Shop"."Order" group by state;
  create function "My Shop".touch() returns trigger language plpgsql as $$ begin new.note := new.note || '!'; return new; end $$;
  create trigger touched before update on "My Shop"."Order" for each row execute function "My Shop".touch();
  create sequence "My Shop".numbers increment 5 start 7;
  select nextval('"My Shop".numbers'), nextval('"My Shop".numbers');
  comment on table "My Shop".line is 'quoted; -- with traps';
  grant select on "My Shop".line to reporting;
  select lo_from_bytea(4712, decode(repeat('00ff', 5000), 'hex'));`;

/** The whole database as text, by a pg_dump that isn't ours. */
function dumped(url: string): string {
  const { status, stdout, stderr } = spawnSync('/usr/lib/postgresql/15/bin/pg_dump', ['--dbname', url], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(stderr);
  // A word against injection that differs each time; lines of data in another order are the same data.
  return stdout
    .split('\n')
    .filter((line) => !/^\\(un)?restrict |^-- Dumped/.test(line))
    .toSorted()
    .join('\n');
}

async function loadedText(): Promise<string> {
  const loaded = await stage.cli(['load', '--name', 'copy']);
  expect({ exitCode: loaded.exitCode, stderr: loaded.stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
  const { DATABASE_URL: url = '' } = JSON.parse((await stage.cli(['env', 'copy', '--shell', 'json'])).stdout) as Record<string, string>;
  return dumped(url);
}

const wholeDumps = () => {
  const folder = join(stage.folder, 'dump');
  return existsSync(folder) ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'manifest.json'))) : [];
};

test('what is cloned through Systems Manager, and loaded, is production byte by byte', async () => {
  const cloned = await stage.cli(['clone', '--yes', '--fresh-snapshot']);
  expect({ exitCode: cloned.exitCode, stderr: cloned.stderr, left: stage.leftInCloud() }).toEqual({ exitCode: 0, stderr: expect.any(String), left: [] });
  expect(await loadedText()).toBe(production);
});

test('a clone through a tunnel that drops again and again is whole, or says that it isn’t', async () => {
  const before = stage.aws.calls.filter(({ action }) => action === 'StartSession').length;
  stage.aws.network = { mood: 'good', dropAfterBytes: 600_000 };
  const { exitCode, stderr } = await stage.cli(['clone', '--yes', '--fresh-snapshot']);
  const sessions = stage.aws.calls.filter(({ action }) => action === 'StartSession').length - before;
  expect({ exitCode, stderr, sessions: sessions > 0, left: stage.leftInCloud(), processes: stage.aws.ssm.sessions.size }).toEqual({
    exitCode: expect.any(Number),
    stderr: expect.any(String),
    sessions: true,
    left: [],
    processes: 0,
  });
  if (exitCode === 0) expect(await loadedText()).toBe(production);
  else
    expect({ exitCode, stderr, whole: wholeDumps() }).toEqual({
      exitCode: expect.any(Number),
      stderr: expect.stringMatching(/tunnel|connection|lost/),
      whole: [],
    });
});

test('what is cloned through sshd, and loaded, is production byte by byte', async () => {
  stage.aws.rds.circumstances.endpoints = 'localhost';
  stage.configureSource({ tunnel: { ssh: { host: 'bastion', configFile: sshd.configFile('clone') } } });
  const sessions = stage.aws.calls.filter(({ action }) => action === 'StartSession').length;
  const cloned = await stage.cli(['clone', '--yes', '--fresh-snapshot']);
  expect({ exitCode: cloned.exitCode, stderr: cloned.stderr, left: stage.leftInCloud() }).toEqual({ exitCode: 0, stderr: expect.any(String), left: [] });
  expect(stage.aws.calls.filter(({ action }) => action === 'StartSession')).toHaveLength(sessions);
  expect(stage.ledgerKinds()).not.toContain('tunnel');
  expect(await loadedText()).toBe(production);
});
