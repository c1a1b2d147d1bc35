import { judgeIsolation } from '../../check/isolation/judge-isolation.ts';
import type { HostedClone } from '../../core/clone-host.ts';
import type { Phase } from '../../core/phase.ts';
import type { Context, Edge } from '../../core/ports.ts';
import { lastRuleOf } from '../../verdict/rule-gate.ts';
import { readAttestation } from '../preconditions/check-backup.ts';
import type { RehearseRequest } from '../request.ts';
import { type CloneFollower, type Run, report } from '../run.ts';
import { IsolationWatch } from './isolation-watch.ts';

/** After this phase, programs of the team may be on the clone by themselves, and what was to be measured is measured. */
const lastPhase: Phase = 'data-gate';

interface Attested {
  readonly by: string;
  readonly trouble?: string;
}

/** Follows the clone that is going to be migrated, and tells when somebody else was on it: at once where the team attests that nobody is, else at the end. */
export class Isolation implements CloneFollower {
  readonly #run: Run;
  readonly #request: RehearseRequest;
  readonly #outside: Edge;
  readonly #startedAt = performance.now();
  #watch: IsolationWatch | undefined;
  #attested: Attested | undefined;
  #trouble: string | undefined;
  #told = false;

  /** @param outside the world as it is without the run's counting of sessions */
  constructor(run: Run, request: RehearseRequest, outside: Edge) {
    this.#run = run;
    this.#request = request;
    this.#outside = outside;
  }

  async follow(context: Context, clone: HostedClone): Promise<void> {
    // Where the way back alone is rehearsed, nothing is measured on this clone.
    if (this.#told || this.#request.only !== undefined) return;
    await this.#attest(context);
    const started = await IsolationWatch.start(context, this.#run.known, this.#outside, clone.admin);
    if (!started.ok) {
      this.#trouble = `the clone could not be watched: ${started.failure.message}`;
      return;
    }
    this.#watch = started.value;
    this.#run.closeAtEnd(started.value);
    const state = await started.value.state();
    if (state !== undefined) context.emit({ type: 'clone-complete', database: clone.admin.database, at: state.at, lsn: state.lsn });
  }

  async leave(): Promise<void> {
    await this.#watch?.[Symbol.asyncDispose]();
    this.#watch = undefined;
  }

  know(pids: readonly number[]): void {
    this.#watch?.know(pids);
  }

  async settle(context: Context, phase: Phase): Promise<void> {
    if (this.#told || (this.#watch === undefined && this.#trouble === undefined)) return;
    const last = phase === lastPhase;
    const seen = await this.#watch?.report(last);
    const strangers = seen !== undefined && (seen.foreign.length > 0 || seen.earlier.length > 0 || seen.excess > 0);
    if (!last && !(strangers && (this.#attested !== undefined || this.#isRequired()))) return;
    this.#told = true;
    await this.leave();
    const nothing = {
      fromTime: context.now().toISOString(),
      untilTime: context.now().toISOString(),
      database: '',
      ours: 0,
      looks: 0,
      programs: [],
      foreign: [],
      earlier: [],
    };
    const watched = seen ?? { ...nothing, excess: 0, proven: false, gaps: [this.#trouble ?? 'the clone was not watched'] };
    const told = { ...watched, gaps: [...watched.gaps, ...this.#unwatched()] };
    context.emit({ type: 'isolated', report: told });
    report(context, judgeIsolation({ report: told, phase, attestedBy: this.#attested?.by, trouble: this.#attested?.trouble, startedAt: this.#startedAt }));
  }

  /** A tool that isn't led through the recorder has the clone's own address for as long as it migrates: nobody can be told from it just then. */
  #unwatched(): readonly string[] {
    const { migrate, record } = this.#request.settings;
    return migrate.tool === 'command' && !record.enabled
      ? ['while the migrations ran nobody was told apart, since the flight recorder is off (record.enabled)']
      : [];
  }

  #isRequired(): boolean {
    return lastRuleOf(this.#request.settings.gates, 'isolation') === 'required';
  }

  async #attest(context: Context): Promise<void> {
    const { settings, folder } = this.#request;
    if (settings.isolation === undefined || this.#attested !== undefined) return;
    const { by, at, attestationFile } = settings.isolation;
    const text = await readAttestation(settings.isolation, folder);
    this.#attested = { by, ...(text === undefined ? { trouble: `The attestation of isolation, ${attestationFile}, can’t be read` } : {}) };
    if (text !== undefined) context.emit({ type: 'attested', what: 'isolation', by, at, text });
  }
}
