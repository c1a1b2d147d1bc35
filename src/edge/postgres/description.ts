import type pg from 'pg';
import type { StatementShape } from '../../core/ports.ts';

interface ExtendedConnection {
  readonly stream: { cork?(): void; uncork?(): void };
  parse(query: { text: string; name: string; types: readonly number[] }): void;
  describe(message: { type: 'S'; name: string }): void;
  sync(): void;
  once(event: 'parameterDescription', listener: (message: { dataTypeIDs: readonly number[] }) => void): void;
  off(event: 'parameterDescription', listener: (message: { dataTypeIDs: readonly number[] }) => void): void;
}

interface Field {
  readonly name: string;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

/** Parse and Describe of the extended protocol, without Execute: the driver's own query always runs what it prepares. */
export class Description implements pg.Submittable {
  readonly #text: string;
  readonly #settled = Promise.withResolvers<StatementShape>();
  #parameters: readonly number[] = [];
  #columns: StatementShape['columns'];
  #release = () => {};

  constructor(text: string) {
    this.#text = text;
  }

  get shape(): Promise<StatementShape> {
    return this.#settled.promise;
  }

  submit(given: pg.Connection): void {
    const connection = given as unknown as ExtendedConnection;
    const listener = ({ dataTypeIDs }: { dataTypeIDs: readonly number[] }) => {
      this.#parameters = [...dataTypeIDs];
    };
    // The driver hands rows' shapes to its queries, but not those of parameters.
    connection.once('parameterDescription', listener);
    this.#release = () => connection.off('parameterDescription', listener);
    // One packet instead of three.
    connection.stream.cork?.();
    connection.parse({ text: this.#text, name: '', types: [] });
    connection.describe({ type: 'S', name: '' });
    connection.sync();
    connection.stream.uncork?.();
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    this.#columns = fields.map(({ name, dataTypeID, dataTypeModifier }) => ({ name, typeOid: dataTypeID, typeModifier: dataTypeModifier }));
  }

  handleReadyForQuery(): void {
    this.#release();
    this.#settled.resolve({ parameters: this.#parameters, ...(this.#columns === undefined ? {} : { columns: this.#columns }) });
  }

  handleError(error: unknown): void {
    this.#release();
    this.#settled.reject(error);
  }

  handleCommandComplete(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}
}
