import { type FailureCode, failureCatalogue } from './failure-catalogue.ts';
import type { RootCause } from './root-cause.ts';

/** The fields of a Postgres error, kept apart so that nobody has to parse a sentence. */
export interface SqlErrorFields {
  readonly sqlstate: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  /** 1-based, in characters of `statement`. */
  readonly position?: number;
  readonly where?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
  readonly statement?: string;
}

/** A place in the user's own files. Lines and columns are 1-based. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** An expected failure: what happened, to which object, and what to do about it. */
export interface Failure {
  readonly code: FailureCode;
  readonly rootCause: RootCause;
  /** One sentence: what happened, to which object. Holds no secret. */
  readonly message: string;
  /** What to do, with the command or setting to paste where there is one. */
  readonly cure: string;
  readonly object?: string;
  readonly place?: Place;
  readonly sql?: SqlErrorFields;
  /** Every problem, where several were found at once. */
  readonly problems?: readonly Failure[];
}

type Extra = Partial<Pick<Failure, 'cure' | 'object' | 'place' | 'sql' | 'problems' | 'rootCause'>>;

/**
 * Makes a failure from its code; root cause and cure come from the catalogue unless given.
 *
 * @example failure('missing-extension', 'production uses pgvector 0.8, which this server lacks', { object: 'vector' })
 */
export function failure(code: FailureCode, message: string, extra: Extra = {}): Failure {
  const known = failureCatalogue[code];
  return { code, rootCause: known.rootCause, cure: known.cure, message, ...extra };
}

/** A Postgres error as an exception: thrown by a session, turned into a Failure at the edge of a room. */
export class SqlError extends Error {
  readonly fields: SqlErrorFields;
  /** How many statements of those that were sent together had ended before: the place of the one that failed. */
  readonly place: number;
  constructor(fields: SqlErrorFields, { place = 0, ...options }: ErrorOptions & { readonly place?: number } = {}) {
    super(`${fields.message} (SQLSTATE ${fields.sqlstate})`, options);
    this.name = 'SqlError';
    this.fields = fields;
    this.place = place;
  }
}

/** An error on one of the two sides between which rows are relayed; the other side was only stopped. */
export class RelayError extends Error {
  readonly side: 'source' | 'target';
  /** How many tables that side had finished before: the place of the one at which it failed. */
  readonly place: number;
  override readonly cause: unknown;
  constructor(side: 'source' | 'target', place: number, cause: unknown) {
    super(`${side}: ${cause instanceof Error ? cause.message : String(cause)}`);
    this.name = 'RelayError';
    this.side = side;
    this.place = place;
    this.cause = cause;
  }
}

/** Carries a Failure through code that can only throw, such as a callback. Caught where a Result is made. */
export class FailureError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'FailureError';
    this.failure = failure;
  }
}
