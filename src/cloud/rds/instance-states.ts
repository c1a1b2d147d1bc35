import type { StateTable } from '../state-table.ts';

const passing = { is: 'waiting' } as const;
const usable = { is: 'ready' } as const;
const keyGone = {
  code: 'cloud-key',
  why: 'its encryption key can’t be used',
  cure: 'Enable the key and grant its use to RDS and to these credentials, or set snapshot.kmsKey to a key of your own.',
} as const;
const noRestore = { is: 'failed', code: 'throwaway-failed' } as const;

/**
 * The states of a database instance: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html. The SDK's own waiter passes over half of those in which an
 * instance stays for ever.
 */
export const instanceStates: StateTable = {
  creating: passing,
  'backing-up': passing,
  modifying: passing,
  rebooting: passing,
  renaming: passing,
  starting: passing,
  upgrading: passing,
  maintenance: passing,
  'converting-to-vpc': passing,
  'moving-to-vpc': passing,
  'storage-config-upgrade': passing,
  'resetting-master-credentials': passing,
  'configuring-associated-roles': passing,
  'configuring-enhanced-monitoring': passing,
  'configuring-iam-database-auth': passing,
  'configuring-log-exports': passing,
  available: usable,
  // Answers, and is only slower: it goes on for hours after a restore of much data.
  'storage-initialization': usable,
  'storage-optimization': usable,
  deleting: { is: 'leaving' },
  'delete-precheck': { is: 'leaving' },
  deleted: { is: 'leaving' },
  failed: { ...noRestore, why: 'RDS says that it failed and can’t be recovered' },
  'restore-error': { ...noRestore, why: 'RDS could not restore the snapshot' },
  'incompatible-restore': {
    ...noRestore,
    why: 'RDS could not restore the snapshot with these settings',
    cure: 'Look at the events of the instance in RDS; production’s own class, subnet group and parameter group are used where none are configured.',
  },
  'incompatible-create': { ...noRestore, why: 'RDS could not create it with these settings' },
  'incompatible-network': {
    is: 'failed',
    code: 'cloud-network',
    why: 'there is no room for it in the network, or the network has changed',
    cure: 'Free addresses in the subnets of the group, or name another one in subnetGroup.',
  },
  'incompatible-parameters': { ...noRestore, why: 'its parameter group doesn’t fit its class or version', cure: 'Name one that fits in parameterGroup.' },
  'incompatible-option-group': { ...noRestore, why: 'its option group doesn’t fit' },
  'insufficient-capacity': {
    is: 'failed',
    code: 'cloud-quota',
    why: 'AWS has no room for its class',
    cure: 'Name several instance classes: they are tried in order.',
  },
  'inaccessible-encryption-credentials': { is: 'failed', ...keyGone },
  'inaccessible-encryption-credentials-recoverable': { is: 'stuck', ...keyGone },
  'storage-full': {
    is: 'stuck',
    code: 'throwaway-failed',
    why: 'its disk is full, as production’s was',
    cure: 'Give production more storage, then take a new snapshot.',
  },
  stopping: { is: 'stuck', code: 'throwaway-failed', why: 'somebody stopped it' },
  stopped: { is: 'stuck', code: 'throwaway-failed', why: 'somebody stopped it' },
};
