import type { StateTable } from '../state-table.ts';

/** The states of a snapshot of an instance: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html. */
export const snapshotStates: StateTable = {
  creating: { is: 'waiting' },
  copying: { is: 'waiting' },
  pending: { is: 'waiting' },
  modifying: { is: 'waiting' },
  available: { is: 'ready' },
  deleting: { is: 'leaving' },
  deleted: { is: 'leaving' },
  failed: { is: 'failed', code: 'snapshot-missing', why: 'RDS says that it failed' },
  'incompatible-restore': { is: 'failed', code: 'snapshot-missing', why: 'RDS says that it can’t be restored' },
};
