import type { Migration } from '../../core/migration.ts';

/** The history as an approved run had it, in order. */
export interface ApprovedHistory {
  /** For people: `run 2026-11-20T…`. */
  readonly label: string;
  readonly migrations: readonly { readonly revision: string; readonly file: string; readonly sha256: string }[];
}

/** What is known of production's history before anything is migrated. */
export interface LineageInput {
  /** All of the repo's, in order. */
  readonly migrations: readonly Pick<Migration, 'revision' | 'file' | 'sha256'>[];
  /** `unknown` and `head-only`: only the tool itself knows what is pending. */
  readonly from: 'ledger' | 'appliedThrough' | 'head-only' | 'unknown';
  /** The table in which production records them, where there is one. */
  readonly ledger?: string | undefined;
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  readonly unknown: readonly string[];
  readonly edited: readonly string[];
  readonly unfinished: readonly string[];
  readonly outOfOrder: readonly string[];
  readonly skipped: readonly string[];
  /** What the ledger names several times. */
  readonly repeated?: readonly string[];
  /** Why the role that migrates production doesn’t see the ledger as it is; absent where it does, or where nobody asked. */
  readonly seenOtherwise?: string | undefined;
  /** Whether the ledger holds checksums of what it applied. */
  readonly checksums: boolean;
  readonly expectedPending?: readonly string[] | undefined;
  readonly approved?: ApprovedHistory | undefined;
}
