import type { FactFamily } from '../fact-family.ts';
import { columns } from './columns.ts';
import { tables } from './tables.ts';

/** Tables and all that hangs on relations. */
export const relationFamilies: readonly FactFamily[] = [tables, columns];
