import type { FactFamily } from '../fact-family.ts';

/** Routines, types, security, comments, and what belongs to the database as a whole. */
export const otherFamilies: readonly FactFamily[] = [];
