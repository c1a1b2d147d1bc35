import { blockingIndexCheck } from '../blocking-index/judge-blocking-index.ts';
import { clusterWideCheck } from '../cluster-wide/judge-cluster-wide.ts';
import { concurrentlyInTransactionCheck } from '../concurrently-in-transaction/judge-concurrently-in-transaction.ts';
import { droppedByCascadeCheck } from '../dropped-by-cascade/judge-dropped-by-cascade.ts';
import { durationCheck } from '../duration/judge-duration.ts';
import { integerKeyCheck } from '../integer-key/judge-integer-key.ts';
import { longLockCheck } from '../long-lock/judge-long-lock.ts';
import { longTransactionCheck } from '../long-transaction/judge-long-transaction.ts';
import { noAnalyzeCheck } from '../no-analyze/judge-no-analyze.ts';
import { noLockTimeoutCheck } from '../no-lock-timeout/judge-no-lock-timeout.ts';
import { publishedTableCheck } from '../published-table/judge-published-table.ts';
import { rewriteCheck } from '../rewrite/judge-rewrite.ts';
import { scanUnderLockCheck } from '../scan-under-lock/judge-scan-under-lock.ts';
import { typeChangeCheck } from '../type-change/judge-type-change.ts';
import { unindexedForeignKeyCheck } from '../unindexed-foreign-key/judge-unindexed-foreign-key.ts';
import { validatedUnderLockCheck } from '../validated-under-lock/judge-validated-under-lock.ts';
import { volatileDefaultCheck } from '../volatile-default/judge-volatile-default.ts';
import type { RecordingCheck } from './recording-check.ts';

/** All checks of a recording, what stalls production first. */
export const recordingChecks: readonly RecordingCheck[] = [
  rewriteCheck,
  volatileDefaultCheck,
  validatedUnderLockCheck,
  scanUnderLockCheck,
  blockingIndexCheck,
  longLockCheck,
  concurrentlyInTransactionCheck,
  publishedTableCheck,
  droppedByCascadeCheck,
  typeChangeCheck,
  noLockTimeoutCheck,
  longTransactionCheck,
  unindexedForeignKeyCheck,
  integerKeyCheck,
  noAnalyzeCheck,
  clusterWideCheck,
  durationCheck,
];
