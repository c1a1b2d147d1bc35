import pg from 'pg';
import type { BoundStatement } from '../../core/ports.ts';
import { isServerError } from './sql-error.ts';
import { typeParsers } from './type-parsers.ts';

interface ExtendedConnection {
  readonly stream: { cork?(): void; uncork?(): void };
  parse(query: { text: string; name: string; types: readonly number[] }): void;
  bind(message: { portal: string; statement: string; values: readonly (string | null)[] }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: { portal: string; rows: number }): void;
  sync(): void;
}

/** What the driver's own queries collect rows with. */
interface Collector {
  readonly rows: unknown[];
  addFields(fields: readonly unknown[]): void;
  parseRow(fields: readonly unknown[]): unknown;
}

/**
 * Several statements of the extended protocol with one Sync at the end: the server goes from one to the next without waiting for us. The driver's own
 * queries wait for each answer.
 */
export class Pipeline implements pg.Submittable {
  readonly #statements: readonly BoundStatement[];
  readonly #ended: (place: number) => void;
  readonly #results: Collector[] = [];
  readonly #settled = Promise.withResolvers<readonly (readonly unknown[])[]>();
  #current = collector();

  /** @param ended told once a statement has ended */
  constructor(statements: readonly BoundStatement[], ended: (place: number) => void) {
    this.#statements = statements;
    this.#ended = ended;
  }

  /** The rows of each. An error of the server has `place`: which statement it is of. */
  get rows(): Promise<readonly (readonly unknown[])[]> {
    return this.#settled.promise;
  }

  submit(given: pg.Connection): void {
    const connection = given as unknown as ExtendedConnection;
    connection.stream.cork?.();
    for (const { text, values = [] } of this.#statements) {
      connection.parse({ text, name: '', types: [] });
      connection.bind({ portal: '', statement: '', values });
      connection.describe({ type: 'P', name: '' });
      connection.execute({ portal: '', rows: 0 });
    }
    connection.sync();
    connection.stream.uncork?.();
  }

  handleRowDescription({ fields }: { readonly fields: readonly unknown[] }): void {
    this.#current.addFields(fields);
  }

  handleDataRow({ fields }: { readonly fields: readonly unknown[] }): void {
    this.#current.rows.push(this.#current.parseRow(fields));
  }

  handleCommandComplete(): void {
    this.#results.push(this.#current);
    this.#current = collector();
    this.#ended(this.#results.length - 1);
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete();
  }

  handleReadyForQuery(): void {
    this.#settled.resolve(this.#results.map(({ rows }) => rows));
  }

  handleError(error: unknown): void {
    if (isServerError(error)) error.place = this.#results.length;
    this.#settled.reject(error);
  }

  handlePortalSuspended(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}
}

function collector(): Collector {
  return new pg.Result('', typeParsers as unknown as typeof pg.types) as unknown as Collector;
}
