import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DumpManifest } from '../../src/core/dump-manifest.ts';
import { type CloudStage, cloudProject } from '../program/cloud-stage.ts';
import type { BackingServer } from '../support/fake-aws/rds/backing-server.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';
import { untilTrue } from '../support/until-true.ts';

let stage: CloudStage;
let sshd: Sshd;
const rows = 150_000;
beforeAll(async () => {
  sshd = await startSshd();
  stage = await cloudProject();
  const big = `create table public.big as select g as a, repeat(md5(g::text), 20) as t from generate_series(1, ${rows}) g; analyze public.big`;
  await stage.production.server?.ask(big, [], 'postgres', 'owner');
  await stage.aws.rds.addSnapshot(stage.production, 'rds:production-with-more', { createdAt: new Date(Date.now() - 60_000) });
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
  await sshd?.[Symbol.asyncDispose]();
});

type Way = 'plugin' | 'ssh';

function configure(way: Way, more: object = {}): void {
  stage.aws.rds.circumstances.endpoints = way === 'ssh' ? 'localhost' : 'private';
  stage.configureSource(way === 'ssh' ? { tunnel: { ssh: { host: 'bastion', configFile: sshd.configFile('project') } }, ...more } : more);
}

/** The server that was restored for the program, as soon as it is there. */
async function restored(): Promise<BackingServer> {
  let found: BackingServer | undefined;
  await untilTrue('a server is restored', async () => {
    found = [...stage.aws.rds.instances.values()].find(({ id, server }) => id.startsWith('pgrehearse-') && server !== undefined)?.server;
    return found !== undefined && (await found.ask('select 1').catch(() => [])).length === 1;
  });
  if (found === undefined) throw new Error('there is none');
  return found;
}

/** Kills the program that carries the tunnel, as the ledger names it. */
function killTunnel(): void {
  const lines = readdirSync(join(stage.home, 'state/ledger')).filter((name) => name.endsWith('.json'));
  for (const line of lines) {
    const { kind, facts } = JSON.parse(readFileSync(join(stage.home, 'state/ledger', line), 'utf8')) as { kind: string; facts: { pid?: number } };
    if (kind === 'tunnel' && facts.pid !== undefined) process.kill(facts.pid, 'SIGKILL');
  }
}

const moments = {
  /** pg_dump stands before a catalog that nobody else reads. */
  'pg_dump reads the schema': async (server: BackingServer, strike: () => Promise<void>) => {
    const sleeping = server.ask("begin; lock table pg_catalog.pg_transform in access exclusive mode; select 'held by a test', pg_sleep(120)").catch(() => {});
    await untilTrue('pg_dump waits', async () => {
      const [waiting] = await server.ask("select count(*)::int as n from pg_stat_activity where application_name = 'pg_dump' and wait_event_type = 'Lock'");
      return Number(waiting?.n) > 0;
    });
    await strike();
    await server.ask("select pg_terminate_backend(pid) from pg_stat_activity where query like '%held by a test%' and pid <> pg_backend_pid()");
    await sleeping;
  },
  'rows are read': async (server: BackingServer, strike: () => Promise<void>) => {
    await untilTrue('rows of the large table are read', async () => {
      const [reading] = await server.ask(
        "select count(*)::int as n from pg_stat_activity where application_name = 'pgrehearse copy' and state = 'active' and query ~ 'public.big'",
      );
      return Number(reading?.n) > 0;
    });
    await strike();
  },
} as const;

async function whileIn(command: 'clone' | 'run', moment: keyof typeof moments, strike: (server: BackingServer) => Promise<void>) {
  const ended = stage.cli(command === 'clone' ? ['clone', '--yes'] : ['run']);
  const server = await restored();
  await moments[moment](server, async () => {
    await strike(server);
    killTunnel();
  });
  return await ended;
}

const dumps = () => globSync(join(stage.folder, 'dump/*/manifest.json'));

test.each([
  ['plugin', 'pg_dump reads the schema'],
  ['ssh', 'pg_dump reads the schema'],
  ['plugin', 'rows are read'],
  ['ssh', 'rows are read'],
] as const)('a clone goes on after its tunnel (%s) broke while %s, and holds every row', async (way, moment) => {
  configure(way);
  const before = new Set(dumps());
  const { exitCode, stderr } = await whileIn('clone', moment, async () => {});
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringMatching(/Connecting again in 1 s \(1 of 5\)/) });
  const [made = ''] = dumps().filter((file) => !before.has(file));
  const { tables, counts, scripts } = JSON.parse(readFileSync(made, 'utf8')) as DumpManifest;
  expect(counts.map(({ table, rows: counted }) => `${table} ${counted}`)).toEqual([`big ${rows}`, 'customers 1000']);
  expect(readFileSync(join(made, '..', scripts.preData.name), 'utf8')).toContain('CREATE TABLE public.big');
  // Nothing of what was cut off lies beside what counts.
  const named = tables.flatMap(({ files }) => files.map(({ name }) => name)).filter((name) => name.startsWith('data/'));
  expect(readdirSync(join(made, '../data')).filter((name) => !named.includes(`data/${name}`)).length).toBeLessThanOrEqual(1);
  expect({ left: stage.leftInCloud(), ledger: stage.ledgerKinds().filter((kind) => kind !== 'dump') }).toEqual({
    left: expect.not.arrayContaining([expect.stringMatching(/^pgrehearse-/)]),
    ledger: [],
  });
});

test.each(['pg_dump reads the schema', 'rows are read'] as const)('a run goes on after its tunnel broke while %s, and proves its copy', async (moment) => {
  configure('ssh', { allowChanges: true });
  const { exitCode, stdout, stderr } = await whileIn('run', moment, async () => {});
  // What the repo should lead to isn't said in this project, so that nothing can pass.
  expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.any(String) });
  expect(stdout).toMatch(/Connecting again in 1 s \(1 of 5\)/);
  expect(stdout).toContain('2 tables have production’s rows; schema and roles are production’s.');
  expect({ left: stage.leftInCloud(), ledger: stage.ledgerKinds().filter((kind) => kind !== 'dump') }).toEqual({
    left: expect.not.arrayContaining([expect.stringMatching(/^pgrehearse-/)]),
    ledger: [],
  });
});

test('what somebody has written to the restored server meanwhile ends the clone: rows of two moments are never mixed', async () => {
  configure('plugin');
  const before = dumps().length;
  const { exitCode, stderr } = await whileIn('clone', 'pg_dump reads the schema', async (server) => {
    await server.ask("insert into public.customers values (4711, 'by a job')");
  });
  expect(exitCode).toBe(4);
  expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/may be other data: rows were written since \(counted were \d+, now \d+\)/);
  expect(dumps()).toHaveLength(before);
  expect(existsSync(join(stage.home, 'state/ledger')) && stage.ledgerKinds().filter((kind) => kind !== 'dump')).toEqual([]);
});
