import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect } from 'vitest';
import type { Failure } from '../../src/core/failure.ts';
import type { RunSummary } from '../../src/core/run-summary.ts';
import type { Address } from '../../src/core/server.ts';
import { ask } from '../support/own-server.ts';
import { type CliOptions, type CliOutcome, runCli } from '../support/run-cli.ts';
import { makeFolder, withFolder } from '../support/temporary-folder.ts';
import { untilTrue } from '../support/until-true.ts';
import { databaseState, sessionsOfOurs } from './database-state.ts';
import { shopFiles, shopProduction, shopSettings } from './shop.ts';

/** A server that stands in for production. */
export interface Production {
  /** As superuser, for the test itself. */
  readonly admin: Address;
  /** As the program is told it. */
  readonly url: (database: string) => string;
}

export interface StageOptions {
  /** The database's name and how it is filled; the shop's unless given. */
  readonly database?: string;
  readonly script?: string;
  /** Added to the shop's repo. */
  readonly files?: Readonly<Record<string, string>>;
  /** Parameters of shopSettings, or the configuration's text as it is. */
  readonly settings?: Parameters<typeof shopSettings>[0] | string;
}

export interface Stage {
  /** The project's folder. */
  readonly folder: string;
  /** PGREHEARSE_HOME. */
  readonly home: string;
  /** The production database, as superuser. */
  readonly address: Address;
  /** Runs the program in the project. */
  readonly cli: (args: readonly string[], options?: CliOptions) => Promise<CliOutcome>;
}

/**
 * A production database, a project and a home for one rehearsal, all of the test's own. Whatever the program does on it, afterwards nothing of it may be
 * left on this machine or connected to production, and production has to be what it was, byte for byte.
 */
export async function withStage<T>(production: Production, options: StageOptions, use: (stage: Stage) => Promise<T>): Promise<T> {
  const { database = 'shop', script = shopProduction, settings } = options;
  const configuration = typeof settings === 'string' ? settings : JSON.stringify(shopSettings(settings), null, 2);
  const address = { ...production.admin, database };
  await ask(production.admin, `create database ${pg.escapeIdentifier(database)}`);
  const home = makeFolder('pgr-program-');
  // Servers run as another user when we are root, and have to get in.
  chmodSync(home, 0o711);
  try {
    await ask(address, script);
    const before = await databaseState(address);
    const result = await withFolder({ ...shopFiles, 'pgrehearse.config.json': configuration, ...options.files }, async (folder) => {
      const env = { PGREHEARSE_HOME: home, PRODUCTION_URL: production.url(database) };
      return await use({ folder, home, address, cli: (args, given) => runCli(args, { cwd: folder, ...given, env: { ...env, ...given?.env } }) });
    });
    await expectNothingLeft(home, address);
    expect(await databaseState(address), 'production as it was').toBe(before);
    return result;
  } finally {
    rmSync(home, { recursive: true, force: true });
    await ask(production.admin, `drop database ${pg.escapeIdentifier(database)} with (force)`);
  }
}

async function expectNothingLeft(home: string, address: Address): Promise<void> {
  expect(ledgerLines(home), 'ledger').toEqual([]);
  expect(processesIn(home), 'processes').toEqual([]);
  expect(filesIn(home), 'files').toEqual([]);
  // A server notices a moment later that the other side of a connection was killed.
  await untilTrue('production has no session of ours', async () => (await sessionsOfOurs(address)).length === 0);
}

/** A line that a kill -9 kept from being written: what it announces was never made. */
function isDraft(path: string): boolean {
  return path.endsWith('.tmp');
}

/** Every line of the ledger below a home, also of what is kept on purpose. */
export function ledgerLines(home: string): readonly string[] {
  const folder = join(home, 'state/ledger');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => !isDraft(name));
  return names.map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** Command lines that name a folder. */
export function processesIn(folder: string): readonly string[] {
  return spawnSync('ps', ['-axww', '-o', 'pid=,args='], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line.includes(folder));
}

/** Files below a folder; empty folders don't count. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !(path.includes('/state/ledger/') && isDraft(path)));
}

/** A run as people and as programs are told it. */
export interface ToldRun {
  readonly exitCode: number | null;
  /** What it printed, with line breaks as blanks: where a line is broken is a matter of width. */
  readonly text: string;
  /** report.json. */
  readonly summary: RunSummary;
  /** What stopped it. */
  readonly failure: Failure | undefined;
  readonly runFolder: string;
}

/** Runs `run` in the stage's project. */
export async function rehearse({ cli, folder }: Stage, options?: CliOptions): Promise<ToldRun> {
  const { exitCode, stdout, stderr } = await cli(['run'], options);
  const runs = join(folder, '.pgrehearse/runs');
  const latest = existsSync(runs) ? readdirSync(runs).sort().at(-1) : undefined;
  if (latest === undefined) throw new Error(`no run was recorded: ${stdout}${stderr}`);
  const runFolder = join(runs, latest);
  const summary = JSON.parse(readFileSync(join(runFolder, 'report.json'), 'utf8')) as RunSummary;
  return { exitCode, text: `${stdout}${stderr}`.replace(/\s+/g, ' '), summary, failure: summary.failures[0]?.failure, runFolder };
}
