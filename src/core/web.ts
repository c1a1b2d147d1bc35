import type { Result } from './result.ts';
import type { Secret } from './secret.ts';

export interface WebRequest {
  readonly method: string;
  /** Absolute, http or https. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Told to nobody but the one who is asked. */
  readonly secretHeaders?: Readonly<Record<string, Secret>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Milliseconds until the whole answer has to be there. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface WebAnswer {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** As text. */
  readonly body: string;
  /** Only the beginning of the body is there: it was very long. */
  readonly cut?: true;
}

/** Why there was no answer. `refused`: nobody listens, or the connection was cut. */
export interface NoAnswer {
  readonly reason: 'refused' | 'timeout' | 'interrupted';
  readonly message: string;
}

export interface PageVisit {
  readonly url: string;
  /** The browser's own files; it is removed by whoever made it. */
  readonly profileFolder: string;
  /** Added to the browser's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The program; found on this machine unless given. */
  readonly browser?: string;
  /** Waited for before the picture is taken. */
  readonly selector?: string;
  /** Milliseconds, for loading, and again for the selector. */
  readonly timeoutMs: number;
  readonly screenshot: boolean;
  readonly signal?: AbortSignal;
}

/** What a browser saw of one page. */
export interface PageSight {
  /** Of the page itself; absent where it didn't load. */
  readonly status?: number;
  /** Why it didn't load. */
  readonly notLoaded?: string;
  /** Whether the selector was there; absent where none was asked for, or nothing loaded. */
  readonly found?: boolean;
  /** What a person would read. */
  readonly text: string;
  /** Requests of the page that were answered with 500 or more, or not at all: `GET http://…/api 500`. */
  readonly failedRequests: readonly string[];
  /** Errors of its console, and exceptions that nothing caught. */
  readonly errors: readonly string[];
  /** PNG. */
  readonly screenshot?: Uint8Array;
}

/** HTTP and a browser: what people see of an application. */
export interface WebPort {
  /** Follows no redirect, so that a status is the application's own. */
  request(request: WebRequest): Promise<{ readonly ok: true; readonly answer: WebAnswer } | { readonly ok: false; readonly none: NoAnswer }>;
  /** Whether somebody accepts TCP connections on this port of localhost. */
  accepts(port: number): Promise<boolean>;
  /** Looks at a page in a browser without a window. Fails with `browser-missing`. */
  visit(visit: PageVisit): Promise<Result<PageSight>>;
}
