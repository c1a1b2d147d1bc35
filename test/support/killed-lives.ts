import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CliOptions, CliOutcome } from './run-cli.ts';
import { makeFolder } from './temporary-folder.ts';
import { untilTrue } from './until-true.ts';

const watcher = `--import=${join(import.meta.dirname, 'strike-program.js')}`;

/** A project that clones production in a cloud. */
export interface KillableProject {
  readonly folder: string;
  cli(args: readonly string[], options?: CliOptions): Promise<CliOutcome>;
  /** What is in the cloud that wasn't there before. */
  left(): readonly string[];
}

/** A life of the program in a home of its own, and what comes after it. */
interface Life {
  readonly home: string;
  cli(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliOutcome>;
}

const nothing = { cloud: [], ledger: [], processes: [], dumps: [] };

/** What may come between a death and `gc`. */
export type Afterwards = 'gc' | 'another command, then gc' | 'a power cut that leaves the ledger only, then gc' | 'another clone, then gc';
const allAfterwards: readonly Afterwards[] = ['gc', 'another command, then gc', 'a power cut that leaves the ledger only, then gc', 'another clone, then gc'];

/** Programs that only look, and files of a dump that is unfinished before and after, have no moments of their own. */
export const isWorthwhile = (moment: string) => !/start (?:id|sh|git)\b|after dump: \S+\.(?:sql|zst)\b/.test(moment);

/** A moment at which a life is ended, and what comes after it. */
export interface Death {
  readonly at: string;
  readonly afterwards: Afterwards;
}

/** A death at each of these moments; what comes after them takes turns. */
export function deathsAt(moments: readonly string[], isMeant: (moment: string, place: number) => boolean): readonly Death[] {
  return moments.flatMap((at, place) => (isMeant(at, place) ? [{ at, afterwards: allAfterwards[place % allAfterwards.length] ?? 'gc' }] : []));
}

/** How many lives there are at once: each waits for servers and for the stand-in's states most of the time. */
export const laneCount = 3;

/** Has a life end in each of these ways, in several lanes side by side, whose projects, clouds and homes are their own. */
export async function dieInAllWays(lanes: readonly KilledLives[], deaths: readonly Death[]): Promise<void> {
  await inAllLanes(lanes, deaths, (lane, { at, afterwards }) => lane.killAt(at, afterwards));
}

/** Does something with each of these things, in the lane that is free. Goes on after a failure, and gives all of them. */
export async function inAllLanes<T>(lanes: readonly KilledLives[], things: readonly T[], act: (lane: KilledLives, thing: T) => Promise<void>): Promise<void> {
  const left = things.values();
  const failures: unknown[] = [];
  const live = async (lane: KilledLives) => {
    for (const thing of left) await act(lane, thing).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(lanes.map(live));
  if (failures.length > 0)
    throw new AggregateError(failures, failures.map((failure) => (failure instanceof Error ? failure.message : String(failure))).join('\n\n'));
}

/** Clones production with the real program again and again, and has it killed at one moment after the other, by SIGKILL: nothing of it may be left after `gc`, whatever comes in between. */
export class KilledLives {
  readonly #project: KillableProject;
  readonly #cloning: readonly string[];

  constructor(project: KillableProject, cloning: readonly string[]) {
    this.#project = project;
    this.#cloning = cloning;
  }

  /** Every moment of a life that nobody ends, by its name. */
  async moments(): Promise<readonly string[]> {
    return await this.#withLife(async ({ home, cli }) => {
      const log = join(home, 'moments');
      writeFileSync(log, '');
      const { exitCode, stderr } = await cli(this.#cloning, dying(undefined, log));
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
      expect(this.#leftBy(home)).toEqual(nothing);
      return readFileSync(log, 'utf8').trim().split('\n');
    });
  }

  async killAt(at: string, then: Afterwards): Promise<void> {
    await this.#withLife(async (life) => {
      const { signal, exitCode, stderr } = await life.cli(this.#cloning, dying(at));
      expect({ at, signal, exitCode, stderr }).toEqual({ at, signal: 'SIGKILL', exitCode: null, stderr: expect.any(String) });
      for (const { exitCode: code, stderr: said } of await this.#live(life, then))
        expect({ at, then, code, said }).toEqual({ at, then, code: 0, said: expect.any(String) });
      expect({ at, then, ...this.#leftBy(life.home) }).toEqual({ at, then, ...nothing });
    });
  }

  /** Every moment of a `gc` that nobody ends, after a clone that died. */
  async momentsOfGc(diedAt: string): Promise<readonly string[]> {
    return await this.#withLife(async ({ home, cli }) => {
      await cli(this.#cloning, dying(diedAt));
      const log = join(home, 'moments');
      writeFileSync(log, '');
      const { exitCode, stderr } = await cli(['gc'], dying(undefined, log));
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
      expect(this.#leftBy(home)).toEqual(nothing);
      return readFileSync(log, 'utf8').trim().split('\n');
    });
  }

  /** After a clone that died, a `gc` dies too: the next one finishes what both have left. */
  async killGcAt(diedAt: string, at: string): Promise<void> {
    await this.#withLife(async ({ home, cli }) => {
      const dead = [await cli(this.#cloning, dying(diedAt)), await cli(['gc'], dying(at))];
      expect({ at, signals: dead.map(({ signal }) => signal) }).toEqual({ at, signals: ['SIGKILL', 'SIGKILL'] });
      const { exitCode, stderr } = await cli(['gc']);
      expect({ at, exitCode, stderr, ...this.#leftBy(home) }).toEqual({ at, exitCode: 0, stderr: expect.any(String), ...nothing });
    });
  }

  async #live({ home, cli }: Life, then: Afterwards): Promise<readonly CliOutcome[]> {
    if (then === 'another command, then gc') return [await cli(['runs']), await cli(['gc'])];
    if (then === 'another clone, then gc') return [await cli(this.#cloning), await cli(['gc'])];
    if (then === 'a power cut that leaves the ledger only, then gc') {
      for (const line of this.#programsOf(home)) process.kill(Number(line.split(' ')[0]), 'SIGKILL');
      await untilTrue('nothing runs any more', async () => this.#programsOf(home).length === 0);
      for (const path of [...this.#ownFolders(), join(home, 'cache'), join(home, 'tmp')]) rmSync(path, { recursive: true, force: true });
    }
    return [await cli(['gc'])];
  }

  async #withLife<T>(use: (life: Life) => Promise<T>): Promise<T> {
    const home = makeFolder('pgr-killed-');
    chmodSync(home, 0o711);
    try {
      return await use({ home, cli: (args, env = {}) => this.#project.cli(args, { env: { PGREHEARSE_HOME: home, ...env } }) });
    } finally {
      for (const path of [home, ...this.#ownFolders()]) rmSync(path, { recursive: true, force: true });
    }
  }

  #ownFolders(): readonly string[] {
    return [join(this.#project.folder, 'dump'), join(this.#project.folder, '.pgrehearse')];
  }

  /** What is left but a whole dump, which was asked for. */
  #leftBy(home: string) {
    const [ledger, dumps] = [join(home, 'state/ledger'), join(this.#project.folder, 'dump')];
    const lines = existsSync(ledger) ? readdirSync(ledger) : [];
    const isKept = (name: string) => name.startsWith('dump-') && (JSON.parse(readFileSync(join(ledger, name), 'utf8')) as { kept: boolean }).kept;
    const isWhole = (name: string) => existsSync(join(dumps, name, 'manifest.json')) && !existsSync(join(dumps, name, 'pgrehearse-resource.json'));
    return {
      cloud: this.#project.left(),
      // A draft that was never renamed is no line; it goes when it is old.
      ledger: lines.filter((name) => !name.endsWith('.tmp') && !isKept(name)),
      processes: this.#programsOf(home),
      dumps: existsSync(dumps) ? readdirSync(dumps).filter((name) => !name.startsWith('.git') && !isWhole(name)) : [],
    };
  }

  /** Programs that were started for a home: they have its name, or the project's, in their environment. */
  #programsOf(home: string): readonly string[] {
    return readdirSync('/proc').flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const text = `${readFileSync(`/proc/${name}/environ`, 'utf8')}\0${readFileSync(`/proc/${name}/cmdline`, 'utf8')}`;
        return text.includes(home) || text.includes(`${this.#project.folder}/`)
          ? [`${name} ${readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 200)}`]
          : [];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
  }
}

function dying(at: string | undefined, log?: string): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: watcher, PGR_STRIKE_AT: at ?? 'never', ...(log === undefined ? {} : { PGR_STRIKE_LOG: log }) };
}
