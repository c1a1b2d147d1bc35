import { FailureError, failure, SqlError } from '../core/failure.ts';
import type { Session, StatementResult } from '../core/ports.ts';
import type { FidelityLoss } from '../core/source-facts.ts';
import { classifyError, excerpt } from './classify-error.ts';
import { describeStatement } from './describe-statement.ts';
import { withoutOutboundEffects } from './outbound-effects.ts';

/**
 * Carries out the statements of a schema on the copy, one by one, and remembers what was lost. A fatal error ends it with `restore-failed`
 * (thrown as FailureError). Event triggers wait for `finish`, so that they don't fire on the load itself.
 */
export class Restore {
  readonly losses: FidelityLoss[] = [];
  readonly harmless: string[] = [];
  readonly #session: Session;
  readonly #last: string[] = [];

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Returns what the server said; nothing when the statement failed without harm, was left out or waits for the end.
   *
   * @param line of the script, for messages.
   */
  async run(statement: string, line?: number): Promise<readonly StatementResult[]> {
    const decision = withoutOutboundEffects(statement);
    if (decision.kind !== 'keep') this.harmless.push(decision.note);
    if (decision.kind === 'dropped') return [];
    if (!/event\s+trigger/i.test(statement) || describeStatement(statement).kind !== 'event trigger') return await this.#execute(decision.text, line);
    this.#last.push(decision.text);
    return [];
  }

  async finish(): Promise<void> {
    for (const statement of this.#last.splice(0)) await this.#execute(statement);
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
    const { fields } = error;
    // A server that goes away, a cancelled statement or a full disk says nothing about the statement.
    const judged = /^(08|57|53)/.test(fields.sqlstate) ? undefined : classifyError(statement, fields);
    if (judged?.kind === 'harmless') this.harmless.push(judged.note);
    else if (judged?.kind === 'loss') this.losses.push(judged.loss);
    else throw new FailureError(restoreFailed(statement, error, line, judged?.object));
  }
}

function restoreFailed(statement: string, error: SqlError, line: number | undefined, object: { kind: string; name: string } | undefined) {
  const { fields } = error;
  const what = object === undefined ? 'a statement' : [object.kind, object.name].filter((part) => part !== '').join(' ');
  const where = line === undefined ? '' : ` (line ${line} of the dump)`;
  const code = fields.sqlstate === '53100' ? 'disk-short' : /^(08|57)/.test(fields.sqlstate) ? 'server-lost' : 'restore-failed';
  return failure(code, `Restoring ${what} failed${where} with SQLSTATE ${fields.sqlstate}: ${fields.message}.`, {
    sql: { ...fields, statement: excerpt(statement) },
    ...(object === undefined || object.name === '' ? {} : { object: object.name }),
    ...(code === 'server-lost' ? { cure: 'Read the log of the copy’s server.' } : {}),
  });
}
