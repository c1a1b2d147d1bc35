import { alreadyExists } from './already-exists/about.ts';
import { approvedStructure } from './anchor-parity/about.ts';
import { backfill } from './backfill/about.ts';
import { backup } from './backup/about.ts';
import type { CheckAbout } from './check-about.ts';
import { fidelityLosses } from './fidelity-losses/about.ts';
import { forbiddenErrors } from './forbidden-errors/about.ts';
import { interruptedMigration } from './interrupted-migration/about.ts';
import { invariantCheck } from './invariant/about.ts';
import { isolation } from './isolation/about.ts';
import { leftovers } from './leftovers/about.ts';
import { lineageCheck } from './lineage/about.ts';
import { lockRetries } from './lock-retries/about.ts';
import { maskedConstraints } from './masked-constraints/about.ts';
import { beforeCheck, verifyQuery } from './migration-query/about.ts';
import { objectParity } from './object-parity/about.ts';
import { objectReferences } from './object-references/about.ts';
import { pgTapCheck } from './pg-tap/about.ts';
import { planRegression } from './plan-regression/about.ts';
import { poolingCheck } from './pooling/about.ts';
import { preservation } from './preservation/about.ts';
import { queryCompatibility } from './query-compatibility/about.ts';
import { recordingChecks } from './recording/recording-checks.ts';
import { requiredObjects } from './required-objects/about.ts';
import { requiredTables } from './required-tables/about.ts';
import { rolesFidelity } from './roles-fidelity/about.ts';
import { rollbackCheck } from './rollback/about.ts';
import { rowBounds } from './row-bounds/about.ts';
import { rowParity } from './row-parity/about.ts';
import { anchorParity, drift, ledgerRows, schemaEquality, schemaFidelity, waiver } from './schemas/about.ts';
import { serverCheckAbout } from './server-check/about.ts';
import { smokeCheck } from './smoke/about.ts';
import { squawkHints } from './squawk/about.ts';
import { applicationErrors, stall } from './stalls/about.ts';
import { stampCheck } from './stamp/about.ts';
import { syncAfterAbout } from './sync-after/about.ts';
import { syncKeysAbout } from './sync-keys/about.ts';
import { syncTablesAbout } from './sync-tables/about.ts';
import { unobserved } from './unobserved/about.ts';
import { violatingRows } from './violating-rows/about.ts';

/** What every check is, in the order in which a run asks: each has a page in docs/checks. */
export const checkCatalogue: readonly CheckAbout[] = [
  backup,
  serverCheckAbout,
  fidelityLosses,
  rowParity,
  rolesFidelity,
  schemaFidelity,
  lineageCheck,
  anchorParity,
  approvedStructure,
  stampCheck,
  drift,
  forbiddenErrors,
  ...recordingChecks.map(({ about }) => about),
  unobserved,
  stall,
  applicationErrors,
  lockRetries,
  backfill,
  violatingRows,
  alreadyExists,
  interruptedMigration,
  squawkHints,
  beforeCheck,
  verifyQuery,
  leftovers,
  schemaEquality,
  waiver,
  ledgerRows,
  requiredObjects,
  rowBounds,
  preservation,
  maskedConstraints,
  invariantCheck,
  pgTapCheck,
  requiredTables,
  poolingCheck,
  smokeCheck,
  isolation,
  rollbackCheck,
  queryCompatibility,
  planRegression,
  syncTablesAbout,
  syncKeysAbout,
  syncAfterAbout,
  objectParity,
  objectReferences,
];
