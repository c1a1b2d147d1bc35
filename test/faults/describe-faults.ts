import { type ChildProcess, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { processesIn } from '../program/stage.ts';
import type { CliOutcome } from '../support/run-cli.ts';
import { commands, expectSound, type FaultStage, removeEverything, withFaultStage } from './fault-stage.ts';
import { canMount, withSmallDisks } from './full-disk.ts';
import { randomNumbers } from './random.ts';

export type FaultKind = 'the copier is killed' | 'the source is killed' | 'the target is killed' | 'the tunnel breaks' | 'the disk is full';
type CommandName = keyof typeof commands;

export interface FaultCase {
  readonly command: CommandName;
  readonly kind: FaultKind;
}

/** How often a fault that came too late is tried again. */
const lateTries = 3;

/** Chosen anew each time, or given in order to see a failure again. */
const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31));

/**
 * One test for each case: the fault comes at a random moment of the command, once or several times, and afterwards nothing looks whole that isn't.
 * `again` says when the command is tried once more without a fault. FAULT_SEED repeats the moments of a run, as far as the machine is as fast; FAULT_ROUNDS is the number of moments for each case.
 */
export function describeFaults(cases: readonly FaultCase[], rounds: number, again: 'each time' | 'at the end' = 'each time'): void {
  const times: Partial<Record<CommandName, number>> = {};
  const ready = Promise.withResolvers<FaultStage>();
  const over = Promise.withResolvers<void>();
  let ended: Promise<unknown>;

  beforeAll(async () => {
    ended = withFaultStage(async (stage) => {
      ready.resolve(stage);
      await over.promise;
    });
    ended.catch(ready.reject);
    await ready.promise;
  });
  afterAll(async () => {
    over.resolve();
    await ended;
  });

  cases.forEach(({ command, kind }, place) => {
    test.skipIf(kind === 'the disk is full' && !canMount)(`${command}: ${kind} (FAULT_SEED=${seed})`, async () => {
      const stage = await ready.promise;
      const random = randomNumbers(seed + place);
      times[command] ??= await timeOf(stage, command);
      const andAgain = again !== 'at the end' || place === cases.length - 1;
      for (let round = 0; round < rounds; round++) {
        for (let tries = 1; tries <= lateTries; tries++) {
          const wholeMs = times[command];
          const afterMs = Math.round((0.05 + 0.95 * random()) * wholeMs);
          const told = await disturb(stage, { command, kind }, afterMs, andAgain);
          // Whoever reads a failure has to know whether faults came in time.
          console.info(`${command}: ${kind} after ${afterMs} of ${Math.round(wholeMs)} ms: ${told.summary}`);
          expect(told.crash, `round ${round}, ${afterMs} ms: ${told.output}`).toBe(false);
          if (told.tookMs > afterMs) break;
          // The machine was busier when the time was taken: the command was over before the fault came.
          times[command] = told.tookMs;
        }
      }
    });
  });
}

async function timeOf(stage: FaultStage, name: CommandName): Promise<number> {
  const command = commands[name];
  await command.before?.(stage);
  const startedAt = performance.now();
  const { exitCode, stdout, stderr } = await stage.cli(command.args);
  expect(exitCode, `${stdout}${stderr}`).toBe(0);
  const ms = performance.now() - startedAt;
  await removeEverything(stage.home);
  return ms;
}

interface Told {
  readonly tookMs: number;
  /** Exit code and the code of the failure, if it told one. */
  readonly summary: string;
  readonly output: string;
  /** The program ended by a bug of its own. */
  readonly crash: boolean;
}

async function disturb(stage: FaultStage, { command: name, kind }: FaultCase, afterMs: number, again: boolean): Promise<Told> {
  const command = commands[name];
  if (kind === 'the disk is full') return await onSmallDisk(stage, name, afterMs, again);
  await command.before?.(stage);
  const startedAt = performance.now();
  const ended = await stage.cli(command.args, {
    during: (child) =>
      whileRunning(child, afterMs, () => {
        if (kind === 'the copier is killed') child.kill('SIGKILL');
        if (kind === 'the source is killed') stage.production.kill('SIGKILL');
        if (kind === 'the tunnel breaks') stage.tunnel.cut();
        if (kind === 'the target is killed') killServers(stage.home, child);
      }),
  });
  const tookMs = performance.now() - startedAt;
  if (kind === 'the source is killed') {
    // The program may have ended before the fault came.
    stage.production.kill('SIGKILL');
    await stage.production.restart();
  }
  stage.tunnel.mend();
  await expectSound(stage, command, again);
  return toldBy(ended, tookMs);
}

/** Does it then, unless the program has ended before: a fault that comes later would hit whoever checks. */
function whileRunning(child: ChildProcess, afterMs: number, fault: () => void): void {
  const timer = setTimeout(fault, afterMs);
  child.once('exit', () => clearTimeout(timer));
}

/** Servers of the program's own, wherever they are; waits for one while the program runs. */
function killServers(home: string, child: ChildProcess): void {
  const pids = processesIn(home).flatMap((line) => (/postgres/.test(line) ? [Number.parseInt(line, 10)] : []));
  for (const pid of pids) spawnSync('kill', ['-KILL', String(pid)]);
  if (pids.length === 0 && child.exitCode === null && child.signalCode === null) setTimeout(() => killServers(home, child), 50);
}

async function onSmallDisk(stage: FaultStage, name: CommandName, afterMs: number, again: boolean): Promise<Told> {
  const command = commands[name];
  // Room for programs, an image, a clone and the reserve that is kept free.
  return await withSmallDisks([`${stage.home}/data`, `${stage.folder}/dump`], 1600, async (disks) => {
    await command.before?.(stage);
    const startedAt = performance.now();
    const ended = await stage.cli(command.args, { during: (child) => whileRunning(child, afterMs, () => disks.fill()) });
    const tookMs = performance.now() - startedAt;
    const collected = await stage.cli(['gc']);
    disks.empty();
    expect(collected, 'gc on a full disk').toMatchObject({ exitCode: 0 });
    await expectSound(stage, command, again);
    return toldBy(ended, tookMs);
  });
}

function toldBy({ exitCode, stdout, stderr }: CliOutcome, tookMs: number): Told {
  const output = `exit ${exitCode}\n${stdout.slice(-2000)}${stderr.slice(-4000)}`;
  const code = /\b(?:code":"|error: )([a-z-]+)/.exec(stdout + stderr)?.[1] ?? '';
  return { tookMs, output, summary: `exit ${exitCode} ${code}`, crash: /\n\s+at .*\.(ts|js):\d+/.test(stderr) };
}
