import type { SamePair } from './probe.ts';
import { sameColumns } from './same/columns.ts';
import { sameConstraints } from './same/constraints.ts';
import { samePartitions } from './same/partitions.ts';
import { sameRestored } from './same/restored.ts';
import { sameRoutines } from './same/routines.ts';
import { sameSecurity } from './same/security.ts';
import { sameTables } from './same/tables.ts';
import { sameTypes } from './same/types.ts';
import { sameViews } from './same/views.ts';

/** Pairs of ways that lead to the same schema. */
export const samePairs: readonly SamePair[] = [
  ...sameTables,
  ...sameColumns,
  ...sameConstraints,
  ...samePartitions,
  ...sameViews,
  ...sameRoutines,
  ...sameTypes,
  ...sameSecurity,
  ...sameRestored,
];
