import { FailureError, failure, SqlError } from '../../core/failure.ts';
import type { Session, StatementResult } from '../../core/ports.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import { withoutAttributeVersion } from './attribute-version.ts';
import { classifyError, type ErrorClass, excerpt } from './classify-error.ts';
import { describeStatement } from './describe-statement.ts';
import { withoutOutboundEffects } from './outbound-effects.ts';
import { stopScheduledJobs, switchOffOutboundFunctions } from './outbound-functions.ts';
import { inBatches, runBatch } from './run-batch.ts';

/** An extension may bring functions that reach other servers; nothing may call them before they are switched off. */
const bringsFunctions = /^(create|alter)\s+extension\b/i;

/**
 * Carries out the statements of a schema on the copy, one by one, and remembers what was lost. A fatal error ends it with `restore-failed`
 * (thrown as FailureError). Materialized views are filled by whoever takes their refreshes; event triggers wait for `finish`, so that they don't fire on the load.
 */
export class Restore {
  readonly losses: FidelityLoss[] = [];
  readonly harmless: string[] = [];
  readonly #session: Session;
  readonly #refreshes: string[] = [];
  readonly #eventTriggers: string[] = [];

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Returns what the server said; nothing when the statement failed without harm, was left out or waits for the end.
   *
   * @param line of the script, for messages.
   */
  async run(statement: string, line?: number): Promise<readonly StatementResult[]> {
    const now = this.#sift(statement);
    if (now === undefined) return [];
    const results = await this.#execute(now, line);
    if (bringsFunctions.test(now)) await this.#switchOff();
    return results;
  }

  /**
   * Carries out many statements in their order, in batches: for what pg_dump wrote, where no statement has to be outside of a transaction.
   * Errors are judged one by one as in `run`.
   *
   * @param lines of the script, by the statements' places.
   */
  async runAll(statements: readonly string[], lines: readonly (number | undefined)[] = []): Promise<void> {
    const now = statements.flatMap((statement, place) => {
      const text = this.#sift(statement);
      return text === undefined ? [] : [{ text, line: lines[place] }];
    });
    for (const batch of inBatches(now)) {
      await runBatch(
        this.#session,
        batch,
        ({ text }) => text,
        ({ text, line }, error) => this.judge(text, error, line),
      );
      if (batch.some(({ text }) => bringsFunctions.test(text))) await this.#switchOff();
    }
  }

  async #switchOff(): Promise<void> {
    this.harmless.push(...(await switchOffOutboundFunctions(this.#session)));
  }

  /** What is to be carried out at once; undefined for what is left out or waits. */
  #sift(given: string): string | undefined {
    const statement = withoutAttributeVersion(given);
    if (statement === undefined) return undefined;
    const decision = withoutOutboundEffects(statement);
    if (decision.kind !== 'keep') this.harmless.push(decision.note);
    if (decision.kind === 'dropped') return undefined;
    if (/^refresh\s+materialized\s/i.test(statement)) this.#refreshes.push(decision.text);
    else if (/event\s+trigger/i.test(statement) && describeStatement(statement).kind === 'event trigger') this.#eventTriggers.push(decision.text);
    else return decision.text;
    return undefined;
  }

  /** The materialized views that were to be filled meanwhile, in the order in which they came: once. */
  takeRefreshes(): readonly string[] {
    return this.#refreshes.splice(0);
  }

  /** All rows are there: stops what would act on them by itself, and makes event triggers. */
  async finish(): Promise<void> {
    this.harmless.push(...(await stopScheduledJobs(this.#session)));
    for (const statement of this.#eventTriggers.splice(0)) await this.#execute(statement);
  }

  async #execute(statement: string, line?: number): Promise<readonly StatementResult[]> {
    try {
      return await this.#session.execute(statement);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      this.judge(statement, error, line);
      return [];
    }
  }

  /** Files an error under harmless or losses; throws when it is fatal. */
  judge(statement: string, error: SqlError, line?: number): void {
    const judged = judgeError(statement, error, line);
    if (judged.kind === 'harmless') this.harmless.push(judged.note);
    else this.losses.push(judged.loss);
  }
}

/** What a failing statement costs; throws FailureError when it is fatal. */
export function judgeError(statement: string, error: SqlError, line?: number): Exclude<ErrorClass, { kind: 'fatal' }> {
  const { fields } = error;
  // A server that goes away, a cancelled statement or a full disk says nothing about the statement.
  const judged = /^(08|57|53)/.test(fields.sqlstate) ? undefined : classifyError(statement, fields);
  if (judged === undefined || judged.kind === 'fatal') throw new FailureError(restoreFailed(statement, error, line, judged?.object));
  return judged;
}

function restoreFailed(statement: string, error: SqlError, line: number | undefined, object: { kind: string; name: string } | undefined) {
  const { fields } = error;
  const what = object === undefined ? 'a statement' : [object.kind, object.name].filter((part) => part !== '').join(' ') || 'a statement';
  const where = line === undefined ? '' : ` (line ${line} of the dump)`;
  const code = fields.sqlstate === '53100' ? 'disk-short' : /^(08|57)/.test(fields.sqlstate) ? 'server-lost' : 'restore-failed';
  return failure(code, `Restoring ${what} failed${where} with SQLSTATE ${fields.sqlstate}: ${fields.message}.`, {
    sql: { ...fields, statement: excerpt(statement) },
    ...(object === undefined || object.name === '' ? {} : { object: object.name }),
    ...(code === 'server-lost' ? { cure: 'Read the log of the copy’s server.' } : {}),
  });
}
