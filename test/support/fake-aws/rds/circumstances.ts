import type { NamedError } from '../named-errors.ts';

/** States in which a restored instance may end instead of `available`. */
export type RestoredAs =
  | 'available'
  | 'storage-optimization'
  | 'incompatible-restore'
  | 'incompatible-network'
  | 'incompatible-parameters'
  | 'incompatible-option-group'
  | 'insufficient-capacity'
  | 'restore-error'
  | 'storage-full'
  | 'inaccessible-encryption-credentials'
  | 'inaccessible-encryption-credentials-recoverable'
  | 'stopped'
  | 'failed';

/** Limits and moods of the stand-in, changed by tests while it runs. */
export interface Circumstances {
  /** Most results on one page of a description. */
  pageSize: number;
  /** How often each state on the way is told. */
  polls: number;
  instanceQuota: number;
  snapshotQuota: number;
  clusterQuota: number;
  /** Gigabytes of all instances of an account together. */
  storageQuotaGb: number;
  /** Instance classes for which no room is left. */
  readonly noCapacity: Set<string>;
  /** Pairs that don't go together, written `db.t3.micro gp3`. */
  readonly unsupportedStorage: Set<string>;
  /** Keys that nobody here may use. */
  readonly forbiddenKeys: Set<string>;
  /** Which subnet groups there are; with an error: what comes of using one. Those of instances that were there before are added. */
  readonly subnetGroups: Map<string, NamedError | 'good'>;
  readonly securityGroups: Set<string>;
  /** Besides those that begin with `default.`. */
  readonly parameterGroups: Set<string>;
  /** In which state a restored instance ends. */
  restoredAs: RestoredAs;
  /** What a restored instance passes through before it; the server answers from the second on. */
  restorePath: readonly string[];
  /** What enters this state stays there, until its life is told to `goOn`. */
  stuckIn?: string | undefined;
  /** A name that only a tunnel can reach; or `localhost`, for whoever goes directly, or through a bastion that is this machine. */
  endpoints: 'private' | 'localhost';
  /** Copy-on-write clones of one lineage, after which each further clone is a whole copy. */
  cloneLimit: number;
}

export function usualCircumstances(): Circumstances {
  return {
    pageSize: 100,
    polls: 1,
    instanceQuota: 40,
    snapshotQuota: 100,
    clusterQuota: 40,
    storageQuotaGb: 100_000,
    noCapacity: new Set(),
    unsupportedStorage: new Set(),
    forbiddenKeys: new Set(),
    subnetGroups: new Map([
      ['default', 'good'],
      ['production', 'good'],
    ]),
    securityGroups: new Set(['sg-default', 'sg-1', 'sg-2']),
    parameterGroups: new Set(['production-pg']),
    restoredAs: 'available',
    restorePath: ['creating', 'modifying', 'backing-up'],
    endpoints: 'private',
    cloneLimit: 15,
  };
}
