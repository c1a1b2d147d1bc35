import type { StateTable } from '../state-table.ts';

const passing = { is: 'waiting' } as const;
const keyGone = {
  code: 'cloud-key',
  why: 'its encryption key can’t be used',
  cure: 'Enable the key and grant its use to RDS and to these credentials.',
} as const;

/** The states of a cluster: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html. */
export const clusterStates: StateTable = {
  creating: passing,
  'backing-up': passing,
  backtracking: passing,
  'failing-over': passing,
  maintenance: passing,
  migrating: passing,
  modifying: passing,
  'preparing-data-migration': passing,
  promoting: passing,
  rebooting: passing,
  renaming: passing,
  'resetting-master-credentials': passing,
  'scaling-compute': passing,
  starting: passing,
  'storage-optimization': { is: 'ready' },
  'update-iam-db-auth': passing,
  upgrading: passing,
  available: { is: 'ready' },
  deleting: { is: 'leaving' },
  'cloning-failed': {
    is: 'failed',
    code: 'throwaway-failed',
    why: 'Aurora could not clone the storage',
    cure: 'Run again, or restore a snapshot of the cluster (source.aurora.snapshot).',
  },
  'migration-failed': { is: 'failed', code: 'throwaway-failed', why: 'Aurora could not restore the snapshot' },
  failed: { is: 'failed', code: 'throwaway-failed', why: 'Aurora says that it failed and can’t be recovered' },
  'incompatible-restore': { is: 'failed', code: 'throwaway-failed', why: 'Aurora could not restore the snapshot with these settings' },
  'insufficient-capacity': {
    is: 'failed',
    code: 'cloud-quota',
    why: 'AWS has no room for it',
    cure: 'Run again later, or in a subnet group with more zones.',
  },
  'inaccessible-encryption-credentials': { is: 'failed', ...keyGone },
  'inaccessible-encryption-credentials-recoverable': { is: 'stuck', ...keyGone },
  stopping: { is: 'stuck', code: 'throwaway-failed', why: 'somebody stopped it' },
  stopped: { is: 'stuck', code: 'throwaway-failed', why: 'somebody stopped it' },
};
