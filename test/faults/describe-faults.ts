import { afterAll, beforeAll, expect, test } from 'vitest';
import { canMount } from '../support/disks.ts';
import { choosePoint, countsBefore, type PointCounts } from './choose-point.ts';
import { type CommandName, commands } from './fault-commands.ts';
import { expectSound, type FaultStage, removeEverything, withFaultStage } from './fault-stage.ts';
import { type FaultPoint, type Held, holdProgram } from './hold-program.ts';
import { randomNumbers } from './random.ts';
import { type SmallDisks, withSmallDisks } from './small-disks.ts';
import { type FaultKind, strike } from './strike.ts';

export interface FaultCase {
  readonly command: CommandName;
  readonly kind: FaultKind;
}

export interface FaultOptions {
  /** Faults for each case. */
  readonly rounds: number;
  /** When the command is tried once more without a fault. */
  readonly again?: 'each time' | 'at the end';
  /** Chosen anew each time unless told. FAULT_SEED goes before it. */
  readonly seed?: number;
}

/** A moment may come when there is nothing for a fault to strike: another one is chosen, so many times. */
const mostTries = 8;

/** A test with the machine to itself takes seconds; how busy the machine is proves nothing. */
const patienceMs = 1_200_000;

/**
 * One test for each case: a fault comes at a random one of the moments that a command has when nothing disturbs it, and afterwards nothing looks whole that
 * isn't. The command is held there while it is struck, so that no fault comes late; one that had nothing to strike doesn't count, and is done again.
 *
 * FAULT_SEED repeats the moments of a run.
 */
export function describeFaults(cases: readonly FaultCase[], { rounds, again = 'each time', ...options }: FaultOptions): void {
  const seed = Number(process.env.FAULT_SEED ?? options.seed ?? Math.floor(Math.random() * 2 ** 31));
  const undisturbed: Partial<Record<CommandName, PointCounts>> = {};
  const tally = { struck: 0, noticed: 0, nothingToStrike: 0 };
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
  }, patienceMs);
  afterAll(async () => {
    console.info(
      `faults: ${tally.struck} struck, ${tally.noticed} of them ended the program; ${tally.nothingToStrike} had nothing to strike (FAULT_SEED=${seed})`,
    );
    over.resolve();
    await ended;
  }, patienceMs);

  cases.forEach(({ command, kind }, place) => {
    test.skipIf(kind === 'the disk is full' && !canMount('ext4'))(
      `${command}: ${kind} (FAULT_SEED=${seed})`,
      async () => {
        const stage = await ready.promise;
        // A case that fails leaves things behind, of which the next one knows nothing.
        await removeEverything(stage.home, 'but programs');
        const random = randomNumbers(seed + place);
        const andAgain = again === 'each time' || place === cases.length - 1;
        for (let round = 0; round < rounds; round++) {
          undisturbed[command] ??= await countMoments(stage, command);
          let counts = undisturbed[command];
          let struck = false;
          for (let tries = 0; tries < mostTries && !struck; tries++) {
            // Now and then as on a machine that has never seen us.
            if (random() < 0.2) await removeEverything(stage.home);
            const point = choosePoint(counts, random);
            const told = await disturb(stage, { command, kind }, point, andAgain);
            struck = told.struck;
            if (struck) tally.struck++;
            else {
              tally.nothingToStrike++;
              // From there to the end there was nothing: earlier, then, and from the beginning when that is used up.
              counts = countsBefore(counts, point);
              if (counts.file + counts.socket + counts.process < 10) counts = undisturbed[command];
            }
            if (struck && told.noticed) tally.noticed++;
            // Whoever reads a failure has to know what came before it.
            console.info(`${command}: ${kind} at ${told.summary}`);
          }
          expect(struck, `round ${round}: ${kind} ${mostTries} times without anything to strike`).toBe(true);
        }
      },
      patienceMs,
    );
  });
}

async function countMoments(stage: FaultStage, name: CommandName): Promise<PointCounts> {
  const command = commands[name];
  // The first run on a machine makes programs ready, which is not what is looked at.
  for (let run = 1; ; run++) {
    await command.before?.(stage);
    const { outcome, counts } = await holdProgram(stage.cli, command.args, undefined, async () => false);
    expect(outcome.exitCode, `${outcome.stdout}${outcome.stderr}`).toBe(0);
    if (counts === undefined) throw new Error('the program told no moments');
    await removeEverything(stage.home, 'but programs');
    if (run === 2) return counts;
  }
}

interface Told {
  readonly struck: boolean;
  /** The program didn't get to its end. */
  readonly noticed: boolean;
  readonly summary: string;
}

async function disturb(stage: FaultStage, { command: name, kind }: FaultCase, point: FaultPoint, again: boolean): Promise<Told> {
  const command = commands[name];
  const run = async (disks?: SmallDisks) => {
    await command.before?.(stage);
    return await holdProgram(stage.cli, command.args, point, (child) => strike(kind, stage, child, disks));
  };
  const check = async (held: Held) => {
    const told = toldBy(held, point);
    expect(told.crash, told.output).toBe(false);
    if (!told.struck) expect(held.outcome.exitCode, `undisturbed: ${told.output}`).toBe(0);
    // Whatever befalls us says nothing about the team's migration.
    expect(held.outcome.exitCode, told.output).not.toBe(1);
    await expectSound(stage, command, again && told.struck);
    return told;
  };
  if (kind === 'the disk is full') {
    // Room for programs, an image, a clone and the reserve that is kept free.
    return await withSmallDisks([`${stage.home}/data`, `${stage.folder}/dump`], 1600, async (disks) => {
      const held = await run(disks);
      const collected = await stage.cli(['gc']);
      disks.empty();
      expect(collected, 'gc on a full disk').toMatchObject({ exitCode: 0 });
      const told = await check(held);
      await removeEverything(stage.home);
      return told;
    });
  }
  const held = await run();
  if (kind === 'the source is killed' && held.struckAt !== undefined) await stage.production.restart();
  stage.tunnel.mend();
  return await check(held);
}

function toldBy({ outcome, struckAt }: Held, { kind, nth }: FaultPoint): Told & { readonly output: string; readonly crash: boolean } {
  const { exitCode, signal, stdout, stderr } = outcome;
  const place = `${kind} ${struckAt?.nth ?? nth}`;
  const code =
    /"code":"([a-z-]+)|\(([a-z-]+): more with/
      .exec(stdout + stderr)
      ?.slice(1)
      .join('') ?? '';
  const summary = `${place}${struckAt === undefined ? ' (nothing to strike)' : ''}: ${signal ?? `exit ${exitCode}`} ${code}`;
  return {
    struck: struckAt !== undefined,
    noticed: exitCode !== 0,
    summary,
    output: `${summary}\n${stdout.slice(-2000)}${stderr.slice(-4000)}`,
    // A held program is killed, not stopped: a stack of ours on stderr is a bug.
    crash: /\n\s+at .*\.(ts|js):\d+/.test(stderr),
  };
}
