import type { Identity } from './signature.ts';

/** An error as AWS answers it. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** One call that reached the fake, in the order of arrival. */
export interface Call {
  readonly at: number;
  readonly service: string;
  readonly action: string;
  readonly region: string;
  readonly identity: Identity;
  readonly params: Readonly<Record<string, unknown>>;
  /** The error code that it was answered with; absent: it succeeded. */
  error?: string;
}

/**
 * What happens to a call instead of, or besides, being answered. `throttle`, `error`: refused, nothing is done. `lose`: it is done, and the connection breaks before
 * the answer, as when a call times out that was accepted. `drop`: the connection breaks and nothing is done.
 */
export type Fault =
  | { readonly what: 'throttle' }
  | { readonly what: 'error'; readonly code: string; readonly status?: number; readonly message?: string }
  | { readonly what: 'lose' }
  | { readonly what: 'drop' };
