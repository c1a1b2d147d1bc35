import type { CheckOutcome } from '../core/check-outcome.ts';
import type { HostedClone } from '../core/clone-host.ts';
import type { Event } from '../core/event.ts';
import { type Failure, FailureError, failure, SqlError, type SqlErrorFields } from '../core/failure.ts';
import type { Finding } from '../core/finding.ts';
import type { GateResult } from '../core/gate.ts';
import type { Phase, PhaseOutcome } from '../core/phase.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { ok, type Result } from '../core/result.ts';
import type { Secret } from '../core/secret.ts';
import type { Address } from '../core/server.ts';
import { type GateRules, ruleGate, ruleOutcome, stopsRun, unanswered } from '../verdict/rule-gate.ts';
import { KnownSessions } from './isolation/known-sessions.ts';

/** What a phase hands back. Without a value the run stops here, and the phases after it are `not-run`. */
export type PhaseReport<T> =
  | { readonly go: true; readonly value: T; readonly outcome: PhaseOutcome; readonly summary: string }
  | { readonly go: false; readonly outcome: 'failed' | 'inconclusive'; readonly summary: string; readonly failure?: Failure };

export function goOn<T>(value: T, outcome: PhaseOutcome, summary: string): PhaseReport<T> {
  return { go: true, value, outcome, summary };
}

export function stop(failed: Failure, outcome: 'failed' | 'inconclusive' = 'inconclusive'): PhaseReport<never> {
  return { go: false, outcome, summary: failed.message, failure: failed };
}

/** Says a check's findings and its gate, in the order in which they are read, as the configuration has them. */
export function report(context: Context, outcome: CheckOutcome): void {
  // A gate that can't tell because the run was interrupted is nobody's reason to block a deploy.
  const rules = (context.gateRules ?? []).map((rule) => (context.signal.aborted ? { ...rule, inconclusive: undefined } : rule));
  const { gate, findings } = ruleOutcome(rules, outcome);
  for (const finding of findings) context.emit({ type: 'finding', finding });
  context.emit({ type: 'gate', gate });
}

/** Goes along with the clone that is going to be migrated, from when it is complete. */
export interface CloneFollower {
  follow(context: Context, clone: HostedClone): Promise<void>;
  /** Before the clone is removed. */
  leave(): Promise<void>;
  /** Process ids of sessions that belong to the run, although it didn't open them itself. */
  know(pids: readonly number[]): void;
  /** How programs of the team's reach a database: on that clone, by a way on which they are known. */
  entrance(address: Address): Address;
  /** At the end of a phase, while its gates still count. */
  settle(context: Context, phase: Phase): Promise<void>;
  /** Once, when the run ends, whatever way: `phase` is where it stopped, or the verdict. */
  end(context: Context, phase: Phase): Promise<void>;
}

/**
 * A run under way: carries phases out in order and remembers what they said. It decides nothing: gates, findings and
 * failures go to the verdict as they came.
 */
export class Run {
  readonly context: Context;
  readonly gates: GateResult[] = [];
  readonly findings: Finding[] = [];
  readonly failures: Failure[] = [];
  /** Things of ours that could not be removed. */
  readonly leftovers: Resource[] = [];
  readonly #removers: (() => Promise<Result<void>>)[] = [];

  /** From now on, this value is taken out of everything that is written down. */
  readonly hide: (secret: Secret | undefined) => void;

  /** Every session that this run opens, wherever. */
  readonly known: KnownSessions;
  follower: CloneFollower | undefined;
  readonly #rules: GateRules;
  /** The gate that ended this run, where one did. */
  #stoppedBy: GateResult | undefined;
  /** The phase after which no further one begins. */
  #stoppedIn: Phase | undefined;

  /**
   * @param rules what the configuration makes of gates
   * @param shown an event as it may be shown: a verdict says no more than that
   */
  constructor(context: Context, hide: (secret: Secret) => void, rules: GateRules = [], shown: (event: Event) => Event = (event) => event) {
    this.hide = (secret) => {
      if (secret !== undefined) hide(secret);
    };
    this.#rules = rules;
    this.known = new KnownSessions(context.edge);
    this.context = {
      ...context,
      edge: this.known.edge,
      gateRules: rules,
      emit: (event) => this.#hear(shown(event), context.emit),
      entrance: (address) => this.follower?.entrance(address) ?? address,
    };
  }

  #hear(event: Event, emit: (event: Event) => void): void {
    // A gate that came another way than by `report` is under the same rules.
    const heard = event.type === 'gate' ? { ...event, gate: ruleGate(this.#rules, event.gate) } : event;
    if (heard.type === 'gate') this.gates.push(heard.gate);
    if (heard.type === 'finding') this.findings.push(heard.finding);
    if (heard.type === 'failure') this.failures.push(heard.failure);
    if (heard.type === 'recorded') this.follower?.know(heard.recording.connections.map(({ pid }) => pid));
    if (heard.type === 'resource' && heard.what === 'not-removed') this.leftovers.push(heard.resource);
    emit(heard);
  }

  /** Has something removed when the run ends, the latest first, whatever happened. */
  removeAtEnd(remove: () => Promise<Result<void>>): void {
    this.#removers.push(remove);
  }

  /** Closes a connection when the run ends, if that hasn't happened before. */
  closeAtEnd(open: AsyncDisposable): void {
    this.#removers.push(async () => {
      await open[Symbol.asyncDispose]();
      return ok();
    });
  }

  /** Removes all that this run made. Goes on after a failure, so that one stubborn folder doesn't keep a server alive. */
  async release(): Promise<void> {
    for (const remove of this.#removers.splice(0).reverse()) {
      const removed = await remove();
      if (!removed.ok) this.context.emit({ type: 'failure', phase: 'verdict', failure: removed.failure });
    }
  }

  /** Nothing more is carried out: whoever follows the clone says what there is left to say. */
  async end(): Promise<void> {
    await this.follower?.end(this.context, this.#stoppedIn ?? 'verdict');
  }

  /** Carries out one phase; undefined means that the run stops here. After a gate that ends the run, no further phase begins. */
  async phase<T>(phase: Phase, body: (context: Context) => Promise<PhaseReport<T>>): Promise<{ readonly value: T } | undefined> {
    if (this.#stoppedBy !== undefined) return undefined;
    const { emit, signal } = this.context;
    const startedAt = performance.now();
    emit({ type: 'phase-started', phase });
    const said = signal.aborted ? stop(interrupted()) : await body(this.context).catch((error: unknown) => asReport(error, signal));
    if (!said.go && said.failure !== undefined) emit({ type: 'failure', phase, failure: said.failure });
    if (!signal.aborted) await this.follower?.settle(this.context, phase);
    const stopping = this.stoppingGate(phase);
    if (stopping !== undefined && said.go) {
      this.#stoppedBy = stopping;
      emit({ type: 'step', phase, text: `The run stops here, as configured for ${stopping.gate}` });
    }
    const durationMs = Math.round(performance.now() - startedAt);
    if (stopping === undefined || !said.go) emit({ type: 'phase-finished', phase, outcome: said.outcome, summary: said.summary, durationMs });
    else emit({ type: 'phase-finished', phase, outcome: worseOf(said.outcome, stopping), summary: `${stopping.summary} The run stopped there.`, durationMs });
    if (said.go && this.#stoppedBy === undefined) return { value: said.value };
    this.#stoppedIn = phase;
    return undefined;
  }

  /** The gate of this phase that ends the run, where one does. */
  stoppingGate(phase: Phase): GateResult | undefined {
    return this.gates.find((gate) => gate.phase === phase && stopsRun(this.#rules, gate, this.#findingsOf(gate)));
  }

  #findingsOf({ phase, findingIds }: GateResult): readonly Finding[] {
    return this.findings.filter((finding) => finding.phase === phase && findingIds.includes(finding.id));
  }

  /** Gates that the configuration requires and that nothing answered. */
  unanswered(): readonly string[] {
    return unanswered(this.#rules, this.gates);
  }

  /** The worst outcome among a phase's required gates. */
  outcomeOf(phase: Phase): PhaseOutcome {
    const gates = this.gates.filter((gate) => gate.phase === phase && gate.required);
    if (gates.some((gate) => gate.outcome === 'failed')) return 'failed';
    if (gates.some((gate) => gate.outcome === 'inconclusive')) return 'inconclusive';
    return gates.some((gate) => gate.outcome === 'passed') ? 'passed' : 'not-applicable';
  }
}

function worseOf(outcome: PhaseOutcome, { outcome: ofGate }: GateResult): PhaseOutcome {
  return outcome === 'failed' || ofGate === 'failed' ? 'failed' : 'inconclusive';
}

function interrupted(): Failure {
  return failure('interrupted', 'The run was interrupted; what it had made was removed.');
}

/** In place whoever counts is a cloud's master, and no superuser. */
function hiddenRows(sql: SqlErrorFields): Failure {
  const cure =
    'In production, as its master: `alter role <master> bypassrls` where the cloud lets it, else make the master a member of the tables’ owner, or leave `force row level security` out. Then take a new snapshot.';
  return failure('privileges-missing', `Row level security hides rows from us, so that nobody can tell what became of them: ${sql.message}.`, { sql, cure });
}

/** Errors of the database that no room expected still end a run in order; anything else is a bug and goes on as an exception. */
function asReport(error: unknown, signal: AbortSignal): PhaseReport<never> {
  if (signal.aborted) return stop(interrupted());
  if (error instanceof FailureError) return stop(error.failure);
  if (error instanceof SqlError) {
    if (error.fields.sqlstate === '42501' && /row-level security/.test(error.fields.message)) return stop(hiddenRows(error.fields));
    const lost = /^(08|57P)/.test(error.fields.sqlstate);
    return stop(failure(lost ? 'server-lost' : 'check-failed', error.fields.message, { sql: error.fields }));
  }
  throw error;
}
