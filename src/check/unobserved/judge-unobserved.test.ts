import { expect, test } from 'vitest';
import { recordedStatement, recordingOf } from '../../../test/support/example-recordings.ts';
import { settingsSchema } from '../../config/schema.ts';
import type { RecordedStatement, Recording } from '../../core/recording.ts';
import { judgeRecording } from '../recording/judge-recording.ts';
import type { RecordingFacts } from '../recording/recording-facts.ts';

const { record } = settingsSchema.parse({
  source: { dump: 'd' },
  migrate: { tool: 'sql-files', folder: 'm', layout: 'flat' },
  baseline: { mode: 'init-then-migrations' },
});
const nothing: RecordingFacts = { serverVersionNum: 180_004, tables: [], constraints: [], indexes: [], keys: [], enums: [] };
const index = {
  ...{ oid: 1, name: 'public.i', table: 1, columns: [1], unique: false, primary: false, valid: true, partial: false, replicaIdentity: false },
  definition: 'CREATE INDEX i ON public.t (a)',
};
const blind: RecordedStatement = recordedStatement({
  ...{ text: 'call public.fill()', tag: 'CALL', startedMs: 100, endedMs: 1_600 },
  unobserved: [{ what: 'locks', why: 'it was auto-committed, and no sample showed its locks' }],
});

/** The gate's outcome, and what leaves a doubt, for a statement in a transaction of its own unless `block`. */
function judged(change: Partial<Recording>, block = false, after = nothing) {
  const transaction = { id: 1, connection: 1, beginMs: 100, endMs: 1_600, outcome: 'committed' as const, block };
  const recording = recordingOf({ transactions: [transaction], statements: [blind], ...change });
  const { gate, findings } = judgeRecording({ recording, facts: { before: nothing, after }, settings: record });
  return { outcome: gate.outcome, doubts: findings.filter(({ severity }) => severity === 'doubt').map(({ id }) => id) };
}

test('locks that nobody saw leave a doubt where they may have been held for long', () => {
  const doubt = { outcome: 'inconclusive', doubts: ['unobserved:recording:locks'] };
  expect(judged({})).toEqual(doubt);
  expect(judged({ unsampledMs: 1_000 })).toEqual(doubt);
  // What a transaction did before isn't bounded by the samples of its statements.
  expect(judged({ unsampledMs: 20 }, true)).toEqual(doubt);
});

test('what ran for long and was sampled all the time held no lock for long', () => {
  expect(judged({ unsampledMs: 20 })).toEqual({ outcome: 'passed', doubts: [] });
  expect(judged({ statements: [{ ...blind, endedMs: 1_000 }], transactions: [] })).toEqual({ outcome: 'passed', doubts: [] });
});

test('catalogs that changed though nothing recorded changed them: the migration went another way', () => {
  const after = { ...nothing, enums: [], indexes: [{ ...index, oid: 7 }] };
  const select = { ...blind, tag: 'SELECT', text: 'select public.make_index()' };
  expect(judged({ statements: [select] }, false, after)).toEqual({ outcome: 'inconclusive', doubts: ['unobserved:recording:bypassed'] });
  // A function did it, and the recorder saw that.
  for (const seen of [
    { created: [{ kind: 'index', name: 'public.i', relation: 7 }] },
    { locks: [{ relation: 1, mode: 'ShareLock', seenBy: 'event-trigger' }] },
  ] as const)
    expect(judged({ statements: [{ ...select, ...seen }] }, false, after)).toEqual({ outcome: 'passed', doubts: [] });
  expect(judged({ statements: [{ ...select, tag: 'CREATE INDEX' }] }, false, after).doubts).not.toContain('unobserved:recording:bypassed');
});
