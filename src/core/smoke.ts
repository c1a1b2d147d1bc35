/**
 * Which application meets which schema: today's on today's, today's on the migrated one (while a deploy rolls, both versions run), and the new one on the
 * migrated one.
 */
export type SmokeMoment = 'before' | 'old-on-new' | 'new';

export const smokeMoments: readonly SmokeMoment[] = ['before', 'old-on-new', 'new'];

/** `application` stands for the application itself: that it starts, gets ready, stays and logs nothing that it must not. */
export type SmokeKind = 'application' | 'command' | 'http' | 'poll' | 'page' | 'manual';

/** What the clone noticed of whoever used it while a check ran, our own sessions left out. */
export interface CloneUse {
  /** Sessions that began. */
  readonly sessions: number;
  /** Whether a session that was open before ran a statement. */
  readonly statements: boolean;
}

/** What one check found at one moment. */
export interface SmokeAnswer {
  readonly name: string;
  readonly kind: SmokeKind;
  /** An advisory one is reported and decides nothing. */
  readonly required: boolean;
  /** `works`: all that was asked for was so. `broken`: something wasn't. `unknown`: it could not be asked. */
  readonly outcome: 'works' | 'broken' | 'unknown';
  /** A clause: `GET /orders answered 500`. */
  readonly said: string;
  /** The last lines of what was printed, or the answer's beginning. */
  readonly detail?: string;
  /** What would have failed it, as a clause: `any status but 200`. */
  readonly failsBy: string;
  /** Absent where no clone is asked, as by a person's checklist. */
  readonly use?: CloneUse;
  /** Where the usual advice doesn't help. */
  readonly cure?: string;
  /** Paths in the run folder. */
  readonly artifacts?: readonly string[];
  readonly durationMs: number;
}

/** What all checks found at one moment. */
export interface SmokeReport {
  readonly moment: SmokeMoment;
  /** The role that the application logged in as; `superuser`: nobody named one, so it was the clone's own superuser. */
  readonly role: { readonly name: string; readonly named: boolean };
  /** What ran, where it isn't the project as it lies there: a git ref and the commit that it stands for. */
  readonly version?: { readonly ref: string; readonly commit: string };
  /** In the order in which they were asked. */
  readonly answers: readonly SmokeAnswer[];
}

/** Whether anybody but us came to the clone. */
export function wasUsed(use: CloneUse): boolean {
  return use.sessions > 0 || use.statements;
}
