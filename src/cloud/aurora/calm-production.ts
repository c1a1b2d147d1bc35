import type { CalmMaking } from '../make-when-calm.ts';
import { type Attempt, originalOf } from './attempt.ts';
import { auroraCluster } from './cluster.ts';

/** A cluster that is being changed or backed up refuses to be cloned or snapshotted: what others do with production is waited for. */
export function calmProduction({ account, wish }: Attempt, doing: string): Omit<CalmMaking, 'announce' | 'make'> {
  const cure = 'Run again when production is available.';
  return { production: auroraCluster(account, originalOf(wish)), patience: wish, doing, busy: 'InvalidDBClusterState', cure };
}
