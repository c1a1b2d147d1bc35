import { z } from 'zod';
import type { differenceClasses } from '../../core/schema-difference.ts';

export const policy = z.enum(['fail', 'report', 'ignore']);
type Policies = { [K in (typeof differenceClasses)[number]]: z.infer<typeof policy> };
/** The defaults of SCHEMA.md: what fails the schema gate unless the team says otherwise. */
export const defaultPolicies: Policies = {
  security: 'fail',
  semantic: 'fail',
  order: 'fail',
  names: 'fail',
  physical: 'fail',
  comment: 'fail',
  unstable: 'fail',
  environment: 'report',
  unexplained: 'fail',
  'deparse-only': 'report',
};

/** For help texts. */
export const defaultsShown = Object.entries(defaultPolicies)
  .map(([differenceClass, does]) => `${differenceClass} ${does}`)
  .join(', ');
