import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudStage, cloudProject } from '../program/cloud-stage.ts';
import type { CliOutcome } from '../support/run-cli.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { untilTrue } from '../support/until-true.ts';

const watcher = `--import=${join(import.meta.dirname, '../support/strike-program.js')}`;

let stage: CloudStage;
let sshd: Sshd;
beforeAll(async () => {
  [stage, sshd] = await Promise.all([cloudProject(), startSshd()]);
  // The first class that is asked for has no room: the second one is taken.
  stage.aws.rds.circumstances.noCapacity.add('db.t4g.small');
});
afterAll(async () => {
  await Promise.all([stage[Symbol.asyncDispose](), sshd[Symbol.asyncDispose]()]);
});

/** A life of the program in a home of its own, and what comes after it. */
interface Life {
  readonly home: string;
  cli(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliOutcome>;
}

async function withLife<T>(use: (life: Life) => Promise<T>): Promise<T> {
  const home = makeFolder('pgr-killed-');
  chmodSync(home, 0o711);
  try {
    return await use({ home, cli: (args, env = {}) => stage.cli(args, { env: { PGREHEARSE_HOME: home, ...env } }) });
  } finally {
    for (const path of [home, dumps(), join(stage.folder, '.pgrehearse')]) rmSync(path, { recursive: true, force: true });
  }
}

const dumps = () => join(stage.folder, 'dump');
const cloning = ['clone', '--yes', '--fresh-snapshot', '--instance-class', 'db.t4g.small,db.t4g.medium'];
const dying = (at: number, log?: string) => ({ NODE_OPTIONS: watcher, PGR_STRIKE_AT: `${at}`, ...(log === undefined ? {} : { PGR_STRIKE_LOG: log }) });

/** Every moment of a life that nobody ends, by its name. */
async function moments(): Promise<readonly string[]> {
  return await withLife(async ({ home, cli }) => {
    const log = join(home, 'moments');
    writeFileSync(log, '');
    const { exitCode, stderr } = await cli(cloning, dying(-1, log));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
    expect(await leftBy(home)).toEqual(nothing);
    return readFileSync(log, 'utf8').trim().split('\n');
  });
}

const nothing = { cloud: [], ledger: [], processes: [], dumps: [] };

/** What is left but a whole dump, which was asked for. */
async function leftBy(home: string) {
  const folder = join(home, 'state/ledger');
  const lines = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  const isWhole = (name: string) => existsSync(join(dumps(), name, 'manifest.json')) && !existsSync(join(dumps(), name, 'pgrehearse-resource.json'));
  return {
    cloud: stage.leftInCloud(),
    ledger: lines.filter((name) => !(name.startsWith('dump-') && (JSON.parse(readFileSync(join(folder, name), 'utf8')) as { kept: boolean }).kept)),
    processes: programsOf(home),
    dumps: existsSync(dumps()) ? readdirSync(dumps()).filter((name) => !name.startsWith('.git') && !isWhole(name)) : [],
  };
}

/** Programs that were started for a home: they have its name, or the project's, in their environment. */
function programsOf(home: string): readonly string[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const text = `${readFileSync(`/proc/${name}/environ`, 'utf8')}\0${readFileSync(`/proc/${name}/cmdline`, 'utf8')}`;
      return text.includes(home) || text.includes(`${stage.folder}/`)
        ? [`${name} ${readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 200)}`]
        : [];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

const after = {
  gc: async ({ cli }: Life) => [await cli(['gc'])],
  'another command, then gc': async ({ cli }: Life) => [await cli(['runs']), await cli(['gc'])],
  'a power cut that leaves the ledger only, then gc': async ({ home, cli }: Life) => {
    for (const line of programsOf(home)) process.kill(Number(line.split(' ')[0]), 'SIGKILL');
    await untilTrue('nothing runs any more', async () => programsOf(home).length === 0);
    for (const path of [dumps(), join(stage.folder, '.pgrehearse'), join(home, 'cache'), join(home, 'tmp')]) rmSync(path, { recursive: true, force: true });
    return [await cli(['gc'])];
  },
  'another clone, then gc': async ({ cli }: Life) => [await cli(cloning), await cli(['gc'])],
};

async function killAt(at: number, what: string, then: keyof typeof after): Promise<void> {
  await withLife(async (life) => {
    const { signal, exitCode, stderr } = await life.cli(cloning, dying(at));
    expect({ at, what, signal, exitCode, stderr }).toEqual({ at, what, signal: 'SIGKILL', exitCode: null, stderr: expect.any(String) });
    for (const { exitCode: code, stderr: said } of await after[then](life))
      expect({ at, what, then, code, said }).toEqual({ at, what, then, code: 0, said: expect.any(String) });
    expect({ at, what, then, ...(await leftBy(life.home)) }).toEqual({ at, what, then, ...nothing });
  });
}

/** Programs that only look, and files of a dump that is unfinished before and after, have no moments of their own. */
const isWorthwhile = (what: string) => !/start (?:id|sh|git)$|after dump: \S+\.(?:sql|zst)$/.test(what);

const kmsKey = 'arn:aws:kms:eu-central-1:111122223333:key/ours';

test('clone through Systems Manager, killed at every moment: gc leaves nothing, whatever comes in between', { timeout: 3_600_000 }, async () => {
  stage.configureSource({ snapshot: { kmsKey } });
  const all = await moments();
  console.log(`${all.filter(isWorthwhile).length} moments of these:\n${all.map((what, at) => `${at} ${what}`).join('\n')}`);
  expect(all.filter(isWorthwhile).length).toBeGreaterThanOrEqual(100);
  const ways = Object.keys(after) as (keyof typeof after)[];
  for (const [at, what] of all.entries()) if (isWorthwhile(what)) await killAt(at, what, ways[at % ways.length] ?? 'gc');
});

test('clone through sshd, killed at every moment from the tunnel on: gc leaves nothing', { timeout: 3_600_000 }, async () => {
  stage.aws.rds.circumstances.endpoints = 'localhost';
  stage.configureSource({ tunnel: { ssh: { host: 'bastion', configFile: sshd.configFile('killed') } } });
  const all = await moments();
  const isOfTunnel = (what: string) => what.includes('ledger tunnel') || what.includes('start ssh');
  const [first, last] = [all.findIndex(isOfTunnel), all.findLastIndex(isOfTunnel)];
  expect(last - first).toBeGreaterThan(8);
  for (const [at, what] of all.entries()) if (at >= first && at <= last && isWorthwhile(what)) await killAt(at, what, 'gc');
});
