/** Which database a statement was sent to. `other`: neither production nor a database that the run made, such as a scratch server or a pooler. */
export type TranscriptTarget = 'production' | 'clone' | 'baseline' | 'image' | 'other';

interface Told {
  /** ISO 8601: of the first, where the same was done several times. */
  readonly at: string;
  readonly times: number;
  /** Of all of them together. */
  readonly durationMs: number;
}

/** A program that was started. The environment is told by its names alone. */
export interface TranscriptCommand extends Told {
  readonly kind: 'command';
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** The database that it reads, where it is one of Postgres' own programs. */
  readonly on?: string;
  readonly environment: readonly string[];
  /** True: it had the caller's environment besides, as the team's own tools have. */
  readonly inherits: boolean;
  /** `exit code 0`, `ended by SIGTERM`, `started`, or why it wasn't. */
  readonly outcome: string;
}

/** A statement, as it was sent. */
export interface TranscriptStatement extends Told {
  readonly kind: 'statement';
  readonly target: TranscriptTarget;
  /** For people: `clone of shop, postgres@127.0.0.1:41234/shop`. */
  readonly where: string;
  /** application_name, or `migration tool` for what the recorder saw of the team's own. */
  readonly by: string;
  readonly text: string;
  /** Set where `text` is only the beginning of it. */
  readonly cut?: { readonly characters: number; readonly sha256: string };
  /** `ok`, or the SQLSTATE. */
  readonly outcome: string;
}

export type TranscriptEntry = TranscriptCommand | TranscriptStatement;

/** What a transcript tells, and what it doesn't. */
export interface Transcript {
  /** In the order in which each first ended. */
  readonly entries: readonly TranscriptEntry[];
  /** How many statements on databases of our own were counted and not listed, since there were too many different ones. Never any on production. */
  readonly unlisted: number;
}
