import type { FactFamily } from './fact-family.ts';
import { otherFamilies } from './families/other-families.ts';
import { relationFamilies } from './families/relation-families.ts';

/** All families, each read once from each database. The order decides nothing but the order of queries. */
export const families: readonly FactFamily[] = [...relationFamilies, ...otherFamilies];
