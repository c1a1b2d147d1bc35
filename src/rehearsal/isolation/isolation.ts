import { judgeIsolation } from '../../check/isolation/judge-isolation.ts';
import type { HostedClone } from '../../core/clone-host.ts';
import type { IsolationReport } from '../../core/isolation.ts';
import type { Phase } from '../../core/phase.ts';
import type { Context, Edge } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { type PassThrough, startPassThrough } from '../../record/proxy/start-pass-through.ts';
import { lastRuleOf } from '../../verdict/rule-gate.ts';
import { readAttestation } from '../preconditions/check-backup.ts';
import type { RehearseRequest } from '../request.ts';
import { type CloneFollower, type Run, report } from '../run.ts';
import { IsolationWatch } from './isolation-watch.ts';
import { landlordsOf } from './landlords.ts';

interface Attested {
  readonly by: string;
  readonly trouble?: string;
}

/**
 * Follows the clone that is going to be migrated until the run ends, and tells when somebody else was on it: at once where the team attests that nobody is, else at
 * the end. Programs of the team's reach that clone by a way of ours, so that whoever comes otherwise is somebody else.
 */
export class Isolation implements CloneFollower {
  readonly #run: Run;
  readonly #request: RehearseRequest;
  readonly #outside: Edge;
  readonly #startedAt = performance.now();
  #watch: IsolationWatch | undefined;
  #way: PassThrough | undefined;
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
    const started = await IsolationWatch.start(context, this.#run.known, this.#outside, clone.admin, landlordsOf(this.#request.settings));
    if (!started.ok) {
      this.#trouble = `the clone could not be watched: ${started.failure.message}`;
      return;
    }
    const watch = started.value;
    this.#watch = watch;
    this.#run.closeAtEnd(watch);
    const opened = await startPassThrough(context, { target: clone.admin, onAdmitted: (admitted) => watch.admit(admitted) });
    if (!opened.ok) {
      // Programs get the clone's own address then, and can't be told from strangers.
      this.#trouble = `the clone could not be watched: ${opened.failure.message}`;
      await this.leave();
      return;
    }
    this.#way = opened.value;
    this.#run.closeAtEnd(opened.value);
    const state = await watch.state();
    if (state !== undefined) context.emit({ type: 'clone-complete', database: clone.admin.database, at: state.at, lsn: state.lsn });
  }

  entrance(address: Address): Address {
    const target = this.#watch?.address;
    if (this.#way === undefined || target === undefined) return address;
    if (address.host !== target.host || address.port !== target.port || address.database !== target.database) return address;
    const { user, password, options } = address;
    const { host, port, database, tls } = this.#way.address;
    return { ...{ host, port, database, tls, user }, ...(password === undefined ? {} : { password }), ...(options === undefined ? {} : { options }) };
  }

  async leave(): Promise<void> {
    await this.#way?.close();
    this.#way = undefined;
    await this.#watch?.[Symbol.asyncDispose]();
    this.#watch = undefined;
  }

  know(pids: readonly number[]): void {
    this.#watch?.know(pids);
  }

  async settle(context: Context, phase: Phase): Promise<void> {
    if (this.#told || this.#watch === undefined || (this.#attested === undefined && !this.#isRequired())) return;
    const seen = await this.#watch.report(false);
    if (seen.foreign.length > 0 || seen.earlier.length > 0 || seen.excess > 0) await this.#tell(context, phase, seen);
  }

  async end(context: Context, phase: Phase): Promise<void> {
    if (this.#told || (this.#watch === undefined && this.#trouble === undefined)) return;
    // Whoever is still led through is counted, and gone.
    await this.#way?.close();
    const at = context.now().toISOString();
    const unwatched = { fromTime: at, untilTime: at, database: '', ours: 0, looks: 0, foreign: [], earlier: [], excess: 0, proven: false };
    await this.#tell(context, phase, (await this.#watch?.report(true)) ?? { ...unwatched, gaps: [this.#trouble ?? 'the clone was not watched'] });
  }

  async #tell(context: Context, phase: Phase, seen: IsolationReport): Promise<void> {
    this.#told = true;
    // The way stays: programs that come later go where the others went.
    await this.#watch?.[Symbol.asyncDispose]();
    context.emit({ type: 'isolated', report: seen });
    report(context, judgeIsolation({ report: seen, phase, attestedBy: this.#attested?.by, trouble: this.#attested?.trouble, startedAt: this.#startedAt }));
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
