import type { FactFamily } from '../fact-family.ts';
import { columns } from './columns.ts';
import { constraints, enforcingTriggers, inheritedConstraints } from './constraints.ts';
import { extendedStatistics } from './extended-statistics.ts';
import { indexes } from './indexes.ts';
import { policies } from './policies.ts';
import { rules } from './rules.ts';
import { sequences } from './sequences.ts';
import { tables } from './tables.ts';
import { triggers } from './triggers.ts';
import { views } from './views.ts';

/** Tables and all that hangs on relations. */
export const relationFamilies: readonly FactFamily[] = [
  tables,
  columns,
  constraints,
  enforcingTriggers,
  inheritedConstraints,
  indexes,
  views,
  rules,
  triggers,
  policies,
  sequences,
  extendedStatistics,
];
