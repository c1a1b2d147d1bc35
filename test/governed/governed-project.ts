import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RunSummary } from '../../src/core/run-summary.ts';
import { ProductionServer } from '../scenarios/production-server.ts';
import { makeHome, readLedger, runProgram } from '../scenarios/run-scenario.ts';
import { ask } from '../support/own-server.ts';
import type { BrokenVariant, Edit } from './broken-variants.ts';

export const example = join(import.meta.dirname, '../../examples/governed-alembic');
export const anchor = '0019_nav_snapshots_and_investor_statements';
type Settings = Readonly<Record<string, unknown>>;

/** What takes long, and has nothing to do with the history. */
export const quick: Settings = { interruptions: { enabled: false }, rollback: { ways: 'off' }, traffic: { enabled: false } };

/** What a rehearsal of the example came to. */
export interface Rehearsed {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of the run. */
  readonly folder: string;
  readonly summary: RunSummary;
  readonly rootHash: string;
}

/** The example as a team has it: a copy of its folder, and a production of its own. */
export class GovernedProject implements AsyncDisposable {
  readonly folder: string;
  readonly #production: ProductionServer;
  readonly #home = makeHome();

  private constructor(folder: string, production: ProductionServer) {
    this.folder = folder;
    this.#production = production;
  }

  static async start(major: 15 | 18): Promise<GovernedProject> {
    const production = await ProductionServer.start(major);
    return new GovernedProject(mkdtempSync(join(tmpdir(), 'pgr-governed-')), production);
  }

  /** Makes production and project what the example has, whatever was done to them. */
  async makeAnew(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    cpSync(example, this.folder, { recursive: true });
    // What the README has pg_dump write, and nobody here restores.
    mkdirSync(join(this.folder, 'dump'));
    writeFileSync(join(this.folder, 'dump/last-backup'), '');
    await this.#production.load('meridian', readFileSync(join(example, 'production.sql'), 'utf8'));
  }

  /** Asks production, as superuser. */
  async ask(sql: string): Promise<readonly unknown[]> {
    return await ask({ host: '127.0.0.1', port: this.#production.port, database: 'meridian', user: 'postgres', tls: 'disable' }, sql);
  }

  /** Leaves an empty database in the place of production. */
  async emptyProduction(): Promise<void> {
    await this.#production.load('meridian', '');
  }

  /** What the README's commands are told. */
  environment(): NodeJS.ProcessEnv {
    return { ...process.env, MERIDIAN_DATABASE_URL: this.#production.url('meridian') };
  }

  async cli(...args: readonly string[]) {
    return await runProgram(args, this.folder, { MERIDIAN_DATABASE_URL: this.#production.url('meridian'), PGREHEARSE_HOME: this.#home.folder });
  }

  /** Runs the program in the project, as the README says, with parts of its configuration replaced. */
  async rehearse(replaced: Settings = {}): Promise<Rehearsed> {
    writeFileSync(join(this.folder, 'pgrehearse.config.json'), JSON.stringify({ ...readConfig(), ...replaced }));
    const ran = await this.cli('run');
    const runs = join(this.folder, '.pgrehearse/runs');
    const folder = join(runs, readdirSync(runs).sort().at(-1) ?? '');
    const summary = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as RunSummary;
    expect(readLedger(this.#home.folder)).toEqual([]);
    return { ...ran, folder, summary, rootHash: /Root hash: ([0-9a-f]{64})/.exec(ran.stdout)?.[1] ?? '' };
  }

  /** Rehearses a broken variant from the beginning. */
  async rehearseBroken({ production, files = {}, config = {}, parityPercent, approved }: Omit<BrokenVariant, 'name' | 'about' | 'expect'>): Promise<Rehearsed> {
    await this.makeAnew();
    const rootHash = approved === undefined ? undefined : (await this.rehearse(quick)).rootHash;
    if (production !== undefined) await this.ask(production);
    for (const [name, edit] of Object.entries(files)) this.#edit(join(this.folder, 'backend/alembic', name), edit);
    const named = rootHash === undefined ? {} : { anchor: { revision: anchor, approvedEvidence: rootHash } };
    const { data } = readConfig();
    const tolerant = parityPercent === undefined ? {} : { data: { ...(data as Settings), parityPercent } };
    return await this.rehearse({ ...quick, ...named, ...tolerant, ...config });
  }

  #edit(file: string, edit: Edit | undefined): void {
    if (edit === undefined) {
      rmSync(file);
      return;
    }
    const text = edit.reduce(
      (before, [from, to]) => {
        expect(before.split(from).length, `${from} in ${file}`).toBe(2);
        return before.replace(from, () => to);
      },
      readFileSync(file, 'utf8'),
    );
    writeFileSync(file, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#production[Symbol.asyncDispose]();
    this.#home[Symbol.dispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function readConfig(): Settings {
  return JSON.parse(readFileSync(join(example, 'pgrehearse.config.json'), 'utf8')) as Settings;
}

/** What each of the nine logs has to say of a run that passed, besides that it did. */
const nineLogs: Readonly<Record<string, readonly RegExp[]>> = {
  'clone_provisioning_attestation.log': [/backup: passed/, /isolation: passed\./, /Meridian’s platform team/, /lineage-heads: passed/],
  'clone_rowcount_parity.log': [/public\.funds +24 +24 +0/, /public\.users +60 +60 +0/, /nav_snapshots +2904 +2904 +0/, /monthly_report_packs +1440 +1440 +0/],
  'clone_anchor_structural_parity_0019.log': [/columns +30 compared: the same/, /enums +1 compared: the same/, /sequences +1 compared: the same/],
  'clone_stamp_anchor.log': [new RegExp(`alembic stamp ${anchor}`), /after +[0-9a-f]{64} {2}\(the same\)/, /written +none of these tables/],
  'clone_current_post_stamp.log': [new RegExp(`alembic current {2}\\(exit code 0\\)\n[\\s\\S]*^ {2}${anchor}$`, 'm')],
  'clone_upgrade_0019_to_head.log': [
    /0020_active_investments: applied/,
    /UPDATE, 180 rows/,
    /UPDATE, 1,440 rows/,
    /Running upgrade 0019/,
    /70a79686336c: applied/,
  ],
  'clone_post_upgrade_current.log': [/Current +70a79686336c/, /Heads +70a79686336c {2}\(one\)/, /alembic heads {2}\(exit code 0\)/],
  'clone_ai4_object_parity.log': [/board_monitoring_briefs: present and valid, made by this deploy/, /6 objects, 0 missing or invalid/],
  'clone_runtime_smoke_validation.log': [/6 tables read, and a row inserted into 6/, /invariant:references-lead-to-rows: passed/],
};

/** The README names nine logs, each is there, begins with PASSED, and holds what a DBA signs for. */
export function expectNineLogs(folder: string, readme: string): void {
  expect([...readme.matchAll(/`(clone_\w+\.log)`/g)].map(([, name]) => name)).toEqual(expect.arrayContaining(Object.keys(nineLogs)));
  for (const [name, said] of Object.entries(nineLogs)) {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(text, name).toMatch(/^PASSED: /);
    for (const one of said) expect(text, name).toMatch(one);
  }
}
