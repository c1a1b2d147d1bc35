import { expect } from 'vitest';
import { collectGarbage } from '../../src/cluster/collect-garbage.ts';
import { hashTables } from '../../src/copy/parity/hash-tables.ts';
import type { TableHash } from '../../src/core/data.ts';
import { shopFiles, shopProduction, shopSettings } from '../program/shop.ts';
import { ledgerLines, processesIn, type Stage, withStage } from '../program/stage.ts';
import { type OwnServer, withOwnServer } from '../support/own-server.ts';
import { testContext } from '../support/test-context.ts';
import { openContext } from '../support/with-context.ts';
import { dumpsOf, halfMade } from './dumps.ts';
import type { Command } from './fault-commands.ts';
import { Tunnel } from './tunnel.ts';

const small = Array.from({ length: 30 }, (_, at) => `public.small_${at}`);

const definitions = `
create table public.large (n int primary key, text text);
create table public.other (n int, text text, amount numeric);
create index other_text on public.other (text);
create table public.referring (id int primary key, n int references public.large);
${small.map((name) => `create table ${name} (n int, t text);\n`).join('')}`;

/** Enough tables and rows that a fault may come while some are whole, some aren't, and some haven't begun. */
const tables = `
set role shop_migrator; ${definitions} reset role;
insert into public.large select n, repeat(md5(n::text), 15) from generate_series(1, 60000) as n;
insert into public.other select n, md5(n::text), n * 1.5 from generate_series(1, 60000) as n;
insert into public.referring select n, n from generate_series(1, 5000) as n;
${small.map((name) => `insert into ${name} values (1, 'one');\n`).join('')}
select lo_from_bytea(4711, decode(repeat('00ff10', 300000), 'hex'));
checkpoint;`;

const files = { 'schema/head.sql': `${shopFiles['schema/head.sql']}${definitions}` };

export interface FaultStage extends Stage {
  readonly production: OwnServer;
  readonly tunnel: Tunnel;
  /** What production holds. */
  readonly truth: readonly TableHash[];
}

/** A production of its own, reached through a tunnel, and a project whose runs compare content. Everything that the program made is gone afterwards. */
export async function withFaultStage<T>(use: (stage: FaultStage) => Promise<T>): Promise<T> {
  return await withOwnServer(18, { hba: ['host all all 127.0.0.1/32 trust'] }, async (production) => {
    await using tunnel = await Tunnel.to(production.tcp.port);
    const url = (database: string) => `postgres://postgres@127.0.0.1:${tunnel.port}/${database}?sslmode=disable`;
    const settings = { data: { parity: 'content' }, image: { reuse: true } };
    // The same, with an image that is kept, and a source of which the team says that it stands still.
    const source = { urlVariable: 'PRODUCTION_URL', allowPrimary: true, unchanging: true };
    const unchanging = JSON.stringify(shopSettings({ ...settings, source, image: { reuse: true, keepHours: 1 } }));
    const all = { ...files, 'unchanging.json': unchanging };
    return await withStage(
      { admin: production.tcp, url },
      { database: 'shop_faults', script: shopProduction + tables, files: all, settings },
      async (stage) => {
        const truth = await hashTables(testContext(), stage.address);
        return await use({ ...stage, production, tunnel, truth });
      },
    );
  });
}

/**
 * After a fault: gc removes what is half-made, with nothing left at work; and every dump, image and clone that is still listed is whole. Then, if told so, the
 * same command works, and what it makes is what production holds.
 */
export async function expectSound(stage: FaultStage, command: Command, again: boolean): Promise<void> {
  const { cli, home, folder } = stage;
  const collected = await cli(['gc']);
  expect(collected, 'gc').toMatchObject({ exitCode: 0 });
  // A start of the program takes a moment.
  const hasClones = ledgerLines(home).some((line) => (JSON.parse(line) as { kind: string }).kind === 'clone');
  const clones = hasClones ? (JSON.parse((await cli(['clones', '--json'])).stdout) as { name: string; kept: boolean }[]) : [];
  for (const { name, kept } of clones) {
    expect(kept, `clone ${name} is kept on purpose`).toBe(true);
    await expectTrue(stage, name);
  }
  for (const dump of dumpsOf(folder)) await expectLoads(stage, dump);
  // What nobody keeps track of is never removed when its time is over.
  const tracked = ledgerLines(home).map((line) => (JSON.parse(line) as { facts: { folder?: string } }).facts.folder);
  expect(tracked, 'dumps in the ledger').toEqual(expect.arrayContaining([...dumpsOf(folder)]));
  for (const line of ledgerLines(home)) expect((JSON.parse(line) as { kept: boolean }).kept, `ledger: ${line}`).toBe(true);
  expect(halfMade(folder), 'half-made dumps').toEqual([]);
  if (again) await command.again(stage);
  await removeEverything(home, 'but programs');
  expect(dumpsOf(folder), 'dumps whose time is over').toEqual([]);
  expect(processesIn(home), 'processes').toEqual([]);
}

/** Loads a dump into a clone of its own, compares it and drops it. */
export async function expectLoads(stage: FaultStage, dump: string): Promise<void> {
  expect(await stage.cli(['load', dump, '--name', 'whole', '--fresh']), `dump ${dump} loads`).toMatchObject({ exitCode: 0 });
  await expectTrue(stage, 'whole');
  expect(await stage.cli(['drop', 'whole'])).toMatchObject({ exitCode: 0 });
}

/** A clone that is listed wakes up, and holds what production holds. */
export async function expectTrue({ cli, truth }: FaultStage, name: string): Promise<void> {
  const woken = await cli(['env', name]);
  expect(woken, `clone ${name}`).toMatchObject({ exitCode: 0 });
  const context = testContext();
  const address = context.edge.postgres.parseAddress(/DATABASE_URL='?([^'\n]+)'?/.exec(woken.stdout)?.[1] ?? '');
  if (!address.ok) throw new Error(`clone ${name}: ${address.failure.message}`);
  expect(await hashTables(context, address.value), `clone ${name}`).toEqual(truth);
}

/** As if the time of everything were over. */
export async function removeEverything(home: string, which: 'all' | 'but programs' = 'all'): Promise<void> {
  const context = { ...(await openContext(home)), now: () => new Date('2999-01-01') };
  const lines = await context.ledger.list();
  for (const { id, kind } of lines) {
    const stays = which === 'but programs' && kind === 'folder';
    await context.ledger.amend(id, { kept: true, expiresAt: stays ? '3000-01-01T00:00:00Z' : '2000-01-01T00:00:00Z' });
  }
  const { failures } = await collectGarbage(context, { dryRun: false });
  expect(failures).toEqual([]);
}
