import { cloudFailures } from './failures/cloud-failures.ts';
import { projectFailures } from './failures/project-failures.ts';
import { rehearsalFailures } from './failures/rehearsal-failures.ts';
import { serverFailures } from './failures/server-failures.ts';
import { sourceFailures } from './failures/source-failures.ts';
import { syncFailures } from './failures/sync-failures.ts';
import { tunnelFailures } from './failures/tunnel-failures.ts';

/** Every expected failure, in one place: help, reports, `explain` and the documentation pages are made from it. */
export const failureCatalogue = {
  ...sourceFailures,
  ...serverFailures,
  ...projectFailures,
  ...rehearsalFailures,
  ...cloudFailures,
  ...tunnelFailures,
  ...syncFailures,
};

export type FailureCode = keyof typeof failureCatalogue;
