import type pg from 'pg';
import type { StatementResult } from '../../core/ports.ts';
import { isServerError } from './sql-error.ts';

interface BatchConnection {
  query(text: string): void;
  sendCopyFail(message: string): void;
}

/**
 * Text sent in the simple protocol, with the whole command tag of each statement: the driver's own query keeps only a tag's first word, and
 * all rows. Rows are thrown away here.
 */
export class SimpleBatch implements pg.Submittable {
  readonly #text: string;
  readonly #results: StatementResult[] = [];
  readonly #settled = Promise.withResolvers<readonly StatementResult[]>();

  constructor(text: string) {
    this.#text = text;
  }

  get results(): Promise<readonly StatementResult[]> {
    return this.#settled.promise;
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#text);
  }

  handleCommandComplete(message: { text: string }): void {
    this.#results.push(readCommandTag(message.text));
  }

  handleReadyForQuery(): void {
    this.#settled.resolve(this.#results);
  }

  handleError(error: unknown): void {
    if (isServerError(error)) error.place = this.#results.length;
    this.#settled.reject(error);
  }

  handleCopyInResponse(connection: BatchConnection): void {
    connection.sendCopyFail('COPY FROM STDIN in a batch has no data');
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCopyData(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}

/**
 * Splits what the server says at a statement's end into the command and its number of rows.
 *
 * @example readCommandTag('INSERT 0 5') // { tag: 'INSERT', rows: 5 }
 * @example readCommandTag('CREATE TABLE') // { tag: 'CREATE TABLE', rows: null }
 */
export function readCommandTag(text: string): StatementResult {
  const [, tag = text, numbers = ''] = /^(.*?)((?: \d+)*)$/.exec(text) ?? [];
  const last = numbers.trim().split(' ').at(-1) ?? '';
  return { tag, rows: last === '' ? null : Number(last) };
}
