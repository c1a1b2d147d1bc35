import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../support/temporary-folder.ts';
import { unhurried } from '../support/unhurried.ts';
import { compareOutcome, type Outcome, readOutcome } from './outcome.ts';
import type { ProductionServer } from './production-server.ts';
import type { Scenario } from './scenario.ts';

const program = join(import.meta.dirname, '../../bin/pgrehearse.js');
/** Where the applications of scenarios find pg: they stand for a project that has installed it. */
const modules = join(import.meta.dirname, '../../node_modules');

export interface ScenarioResult {
  readonly scenario: string;
  readonly major: number;
  readonly outcome: Outcome;
  /** Empty: the rehearsal said what it had to say. */
  readonly problems: readonly string[];
  readonly durationMs: number;
  readonly stderr: string;
}

/** A folder for the program's own servers and ledger, apart from the developer's, so that leftovers can be counted. */
export function makeHome(): { readonly folder: string } & Disposable {
  const folder = makeFolder('pgr-scenarios-');
  // Servers run as another user when we are root, and have to get in.
  chmodSync(folder, 0o711);
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Builds the scenario's production, rehearses on it, or syncs it to the scenario's staging, with the real program, and compares what came out with expect.json. */
export async function runScenario(scenario: Scenario, production: ProductionServer, home: string): Promise<ScenarioResult> {
  const project = mkdtempSync(join(tmpdir(), 'pgr-scenario-'));
  try {
    if (existsSync(join(scenario.folder, 'before'))) commitBefore(join(scenario.folder, 'before'), project);
    cpSync(scenario.folder, project, { recursive: true });
    takeTime(join(project, 'pgrehearse.config.json'));
    const database = scenario.name.replaceAll('-', '_');
    await production.load(database, readFileSync(join(scenario.folder, 'production.sql'), 'utf8'));
    const staging = await loadStaging(scenario, production, database);
    const env = { SCENARIO_SOURCE_URL: production.url(database), PGREHEARSE_HOME: home, NODE_PATH: modules, ...staging?.env };
    // Where staging can't be stamped, the sync says why it isn't proven.
    if (staging !== undefined) await runProgram(['sync', '--stamp', '--config', 'pgrehearse.config.json'], project, env);
    const startedAt = performance.now();
    const ran = await runProgram([...(staging === undefined ? ['run'] : ['sync', '--yes']), '--json', '--config', 'pgrehearse.config.json'], project, env);
    const durationMs = Math.round(performance.now() - startedAt);
    const outcome = readOutcome(ran.stdout, ran.exitCode, readLedger(home));
    const problems = [...compareOutcome(scenario.expect, outcome), ...((await staging?.ask()) ?? [])];
    return { scenario: scenario.name, major: production.major, outcome, problems, durationMs, stderr: ran.stderr };
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** Staging's database, where the scenario is a sync: one of its own, on another server. */
async function loadStaging({ folder, expect }: Scenario, production: ProductionServer, database: string) {
  const script = join(folder, 'staging.sql');
  if (!existsSync(script)) return undefined;
  const staging = await production.staging();
  const name = `${database}_staging`;
  await staging.load(name, readFileSync(script, 'utf8'));
  return {
    env: { SCENARIO_STAGING_URL: staging.url(name) },
    /** Where staging doesn't hold what it should: one sentence each. */
    ask: async (): Promise<readonly string[]> => {
      const problems: string[] = [];
      for (const [query, wanted] of Object.entries(expect.staging ?? {})) {
        const found = await staging.ask(name, query);
        if (found !== wanted) problems.push(`staging answers ${found} to "${query}", expected ${wanted}`);
      }
      return problems;
    },
  };
}

/** What production runs today: the only commit of the project's repository, tagged `production`. */
function commitBefore(folder: string, project: string): void {
  cpSync(folder, project, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=scenario', '-c', 'user.email=scenario@example.org', '-c', 'commit.gpgsign=false', ...args], { cwd: project });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message=What production runs');
  git('tag', 'production');
}

/** A scenario that says nothing of time isn't about it. */
function takeTime(configFile: string): void {
  writeFileSync(configFile, JSON.stringify({ ...unhurried, ...JSON.parse(readFileSync(configFile, 'utf8')) }));
}

interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program as a person would; one that hangs is ended after three minutes and counts as having no exit code. */
export async function runProgram(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<Ran> {
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: 180_000 });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { exitCode, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') };
}

/** What the program's own ledger still holds, apart from what it keeps on purpose. */
export function readLedger(home: string): readonly string[] {
  const folder = join(home, 'state/ledger');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .filter((text) => (JSON.parse(text) as { kept: boolean }).kept !== true);
}
