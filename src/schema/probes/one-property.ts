import { columnProbes } from './columns.ts';
import { commentProbes } from './comments.ts';
import { constraintProbes } from './constraints.ts';
import { foreignDataProbes } from './foreign-data.ts';
import { indexProbes } from './indexes.ts';
import type { Probe } from './probe.ts';
import { routineProbes } from './routines.ts';
import { securityProbes } from './security.ts';
import { sequenceProbes } from './sequences.ts';
import { tableProbes } from './tables.ts';
import { triggerProbes } from './triggers.ts';
import { typeProbes } from './types.ts';
import { viewProbes } from './views.ts';

/** One difference each, of every kind. */
export const oneProperty: readonly Probe[] = [
  ...tableProbes,
  ...columnProbes,
  ...constraintProbes,
  ...indexProbes,
  ...viewProbes,
  ...triggerProbes,
  ...routineProbes,
  ...typeProbes,
  ...sequenceProbes,
  ...securityProbes,
  ...commentProbes,
  ...foreignDataProbes,
];
