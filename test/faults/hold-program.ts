import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CliOptions, CliOutcome } from '../support/run-cli.ts';

/** What a program waits for, and gets back. */
export const pointKinds = ['file', 'socket', 'process'] as const;
export type PointKind = (typeof pointKinds)[number];

/** A moment of a program's work: when it gets its `nth` answer of this kind, before it does anything with it. */
export interface FaultPoint {
  readonly kind: PointKind;
  readonly nth: number;
}

export interface Held {
  readonly outcome: CliOutcome;
  /** Where the fault came; undefined: the program ended before. */
  readonly struckAt: FaultPoint | undefined;
  /** How many moments of each kind there were; undefined when the program was killed. */
  readonly counts: Readonly<Record<PointKind, number>> | undefined;
}

type Cli = (args: readonly string[], options?: CliOptions) => Promise<CliOutcome>;

const preload = pathToFileURL(join(import.meta.dirname, 'fault-point.js')).href;

/**
 * Runs the program and holds it at a point; nothing of it moves while `strike` is at work.
 *
 * @param strike false: there was nothing to strike yet; the program is held again a little later.
 */
export async function holdProgram(
  cli: Cli,
  args: readonly string[],
  point: FaultPoint | undefined,
  strike: (child: ChildProcess) => Promise<boolean>,
): Promise<Held> {
  let struckAt: FaultPoint | undefined;
  let counts: Held['counts'];
  let striking: Promise<void> | undefined;
  let trouble: unknown;
  const env = { NODE_OPTIONS: `--import ${preload}`, FAULT_POINT: point === undefined ? 'none 0' : `${point.kind} ${point.nth}` };
  const outcome = await cli(args, {
    env,
    channel: (line, say, child) => {
      const told = JSON.parse(line) as { readonly at?: number; readonly counts?: Held['counts'] };
      counts = told.counts ?? counts;
      const { at } = told;
      if (at === undefined || point === undefined) return;
      striking = strike(child).then(
        (struck) => {
          if (struck) struckAt = { kind: point.kind, nth: at };
          say(struck ? 'g' : 'n');
        },
        (error: unknown) => {
          trouble = error;
          child.kill('SIGKILL');
        },
      );
    },
  });
  await striking;
  if (trouble !== undefined) throw trouble;
  return { outcome, struckAt, counts };
}
