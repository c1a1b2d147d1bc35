import { catalogProbes } from './catalog-columns.ts';
import { columnProbes } from './columns.ts';
import { commentProbes } from './comments.ts';
import { constraintProbes } from './constraints.ts';
import { databaseProbes } from './database.ts';
import { extensionProbes } from './extensions.ts';
import { foreignDataProbes } from './foreign-data.ts';
import { foreignKeyProbes } from './foreign-keys.ts';
import { indexProbes } from './indexes.ts';
import { inheritanceProbes } from './inheritance.ts';
import { operatorProbes } from './operators.ts';
import type { Probe } from './probe.ts';
import { replicationProbes } from './replication.ts';
import { routineProbes } from './routines.ts';
import { securityProbes } from './security.ts';
import { sequenceProbes } from './sequences.ts';
import { statisticsProbes } from './statistics.ts';
import { tableProbes } from './tables.ts';
import { textSearchProbes } from './text-search.ts';
import { triggerProbes } from './triggers.ts';
import { typeProbes } from './types.ts';
import { viewProbes } from './views.ts';

/** One difference each, of every kind. */
export const oneProperty: readonly Probe[] = [
  ...tableProbes,
  ...columnProbes,
  ...constraintProbes,
  ...foreignKeyProbes,
  ...inheritanceProbes,
  ...indexProbes,
  ...viewProbes,
  ...triggerProbes,
  ...routineProbes,
  ...typeProbes,
  ...operatorProbes,
  ...textSearchProbes,
  ...statisticsProbes,
  ...sequenceProbes,
  ...securityProbes,
  ...commentProbes,
  ...foreignDataProbes,
  ...replicationProbes,
  ...databaseProbes,
  ...catalogProbes,
  ...extensionProbes,
];
