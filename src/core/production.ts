import type { DatabaseGrant, ExtensionFacts, RoleFacts, RoleMembership, SourceFacts } from './source-facts.ts';

/** The name of the format of `production.json`; a change that breaks readers gets a new number. */
export const productionFormat = 'pgrehearse-production/1';

/** A part of what production was, or why nobody knows it. What isn't known is never taken for equal. */
export type Known<T> = { readonly value: T } | { readonly unknown: string };

/** One migration that production's own list has. */
export interface ProductionLedgerRow {
  readonly value: string;
  readonly state: 'applied' | 'unfinished' | 'reverted';
  readonly checksum?: string;
}

/** Production's list of applied migrations. */
export interface ProductionLedger {
  /** As configured. */
  readonly table: string;
  /** False: production has no such table, as before its first migration. */
  readonly exists: boolean;
  readonly rows: readonly ProductionLedgerRow[];
  /** SHA-256, in hex, of all its rows with all their columns. */
  readonly sha256: string;
}

export interface ProductionTable {
  /** Schema-qualified, quoted where needed. */
  readonly table: string;
  /** With indexes and TOAST, as the planner knows it: an estimate that takes no lock. */
  readonly bytes: number;
  /** What the role that migrates may do with it, sorted: `owner`, `select`, `update`. */
  readonly rights: readonly string[];
}

export interface ProductionSchema {
  /** SHA-256, in hex, of all that the catalogs say. */
  readonly fingerprint: string;
  /** By kind of object, such as `column`. */
  readonly kinds: Readonly<Record<string, { readonly objects: number; readonly sha256: string }>>;
  /** What the reading role may not see, and of which there is something: `pg_subscription.subconninfo (subscription connections)`. */
  readonly unread: readonly string[];
}

/**
 * What production was at the instant of a run's snapshot, as `production.json` in the run folder keeps it: what a preflight compares production with.
 * No passwords, and no values of settings whose names say that they are secret.
 */
export interface Production {
  readonly format: typeof productionFormat;
  /** ISO 8601: the instant that everything here shows. */
  readonly takenAt: string;
  readonly source: Pick<SourceFacts, 'kind' | 'label'>;
  readonly database: string;
  readonly server: Known<{
    /** As `show server_version` says. */
    readonly version: string;
    /** Of `pg_control_system()`: a physical copy has the same. Null: the role may not ask. */
    readonly systemIdentifier: string | null;
    /** Of the database on that server, which its name may change and a physical copy doesn't. Absent in older records. */
    readonly databaseOid?: number;
    readonly isStandby: boolean;
  }>;
  readonly schema: Known<ProductionSchema>;
  /** `value: null`: the team keeps no list in production, and says so with migrate.appliedThrough. */
  readonly ledger: Known<ProductionLedger | null>;
  readonly extensions: Known<readonly ExtensionFacts[]>;
  readonly roles: Known<{ readonly roles: readonly RoleFacts[]; readonly memberships: readonly RoleMembership[] }>;
  readonly settings: Known<{
    /** `ALTER DATABASE … SET`, as `name=value`. */
    readonly database: readonly string[];
    /** Those that change what SQL does and aren't Postgres' own defaults, as `name=value`. */
    readonly server: readonly string[];
    readonly owner: string;
    readonly grants: readonly DatabaseGrant[];
    readonly collationVersions: Readonly<Record<string, string>>;
    /** Settings that could not be compared, with the reason. */
    readonly hidden: readonly string[];
  }>;
  readonly tables: Known<readonly ProductionTable[]>;
}

export function isKnown<T>(part: Known<T>): part is { readonly value: T } {
  return 'value' in part;
}
