import { expect, test } from 'vitest';
import { record } from '../../config/settings/record.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Finding } from '../../core/finding.ts';
import type { SquawkAnswer, SquawkHint } from './ask-squawk.ts';
import { mergeSquawk } from './merge-squawk.ts';

const { checks } = record.parse({});

const finding: Finding = {
  ...{ id: 'blocking-index:index:public.a', check: 'blocking-index', phase: 'migrate', severity: 'blocker', rootCause: 'lock' },
  ...{ object: { kind: 'index', name: 'public.a' }, title: 'Index public.a was built under a lock', detail: 'It was.', cure: 'Concurrently.' },
  ...{ migration: '7', place: { file: 'm/7.sql', line: 3 } },
};
const outcome: CheckOutcome = {
  gate: {
    ...{ gate: 'locks', phase: 'migrate', required: true, couldFail: true, proof: 'one statement', summary: 'One.', outcome: 'failed' },
    ...{ findingIds: [finding.id], durationMs: 1 },
  },
  findings: [finding],
};
const hint = (change: Partial<SquawkHint> = {}): SquawkHint => ({
  ...{
    rule: 'require-concurrent-index-creation',
    migration: '7',
    file: 'm/7.sql',
    line: 4,
    statementLine: 3,
    message: 'It blocks writes.',
    help: 'Build it concurrently.',
  },
  ...change,
});
const merged = (...hints: readonly SquawkHint[]) => mergeSquawk(outcome, { kind: 'answered', version: '2.66.0', hints, unread: [] }, checks);

test('what both see in one statement is one finding, with squawk as a second witness', () => {
  const { gate, findings } = merged(hint());
  expect(findings).toEqual([{ ...finding, detail: 'It was. squawk says so as well: require-concurrent-index-creation.' }]);
  expect(gate).toEqual(outcome.gate);
});

test('what squawk says of another statement is a note of its own', () => {
  const { gate, findings } = merged(hint({ line: 9, statementLine: 9 }));
  expect(findings[0]).toEqual(finding);
  expect(findings[1]).toMatchObject({ id: 'squawk:rule:require-concurrent-index-creation', severity: 'note', detail: 'm/7.sql, line 9.' });
  expect(gate).toEqual(outcome.gate);
});

test('where the recorder looked for the same and found nothing, that is said', () => {
  const { gate, findings } = merged(hint({ migration: '8', file: 'm/8.sql', line: 9, statementLine: 9 }));
  expect(findings[0]).toEqual(finding);
  expect(findings[1]).toMatchObject({
    ...{ id: 'squawk:rule:require-concurrent-index-creation', severity: 'note', migration: '8', place: { file: 'm/8.sql', line: 9 } },
    detail: 'm/8.sql, line 9. The flight recorder looked for the same (blocking-index) and found nothing to tell of there.',
    cure: 'Build it concurrently. See https://squawkhq.com/docs/require-concurrent-index-creation.',
  });
  expect(gate).toEqual(outcome.gate);
});

test('of many findings that are told as one, squawk is a witness too', () => {
  const { migration, place, ...rest } = finding;
  const grouped: Finding = { ...rest, detail: 'It was.\nThe others:\n– another' };
  const { findings } = mergeSquawk({ ...outcome, findings: [grouped] }, { kind: 'answered', version: '2.66.0', hints: [hint()], unread: [] }, checks);
  expect(findings).toEqual([{ ...grouped, detail: 'It was.\nThe others:\n– another\nsquawk says so as well: require-concurrent-index-creation.' }]);
});

test('a check that is off has not looked', () => {
  const { findings } = mergeSquawk(
    { ...outcome, findings: [] },
    { kind: 'answered', version: '2.66.0', hints: [hint()], unread: [] },
    { ...checks, 'blocking-index': 'off' },
  );
  expect(findings.map(({ detail }) => detail)).toEqual(['m/7.sql, line 4.']);
});

test('a missing lock_timeout is the whole migration’s, wherever squawk sees it', () => {
  const timeout: Finding = { ...finding, id: 'no-lock-timeout:migration:7', check: 'no-lock-timeout' };
  const { findings } = mergeSquawk(
    { ...outcome, findings: [timeout] },
    { kind: 'answered', version: '2.66.0', hints: [hint({ rule: 'require-lock-timeout', line: 20, statementLine: 20 })], unread: [] },
    checks,
  );
  expect(findings).toEqual([{ ...timeout, detail: 'It was. squawk says so as well: require-lock-timeout.' }]);
});

test('a rule of squawk’s own is one note, however often it strikes', () => {
  const many = Array.from({ length: 12 }, (_, index) =>
    hint({ rule: 'prefer-text-field', migration: String(index), file: `m/${index}.sql`, line: 1, statementLine: 1 }),
  );
  const { findings } = merged(...many);
  expect(findings).toHaveLength(2);
  expect(findings[1]).toMatchObject({
    id: 'squawk:rule:prefer-text-field',
    severity: 'note',
    title: 'squawk (prefer-text-field), in 12 places: It blocks writes',
  });
  expect(findings[1]?.detail).toMatch(/^m\/0\.sql, line 1; .* and 2 more\.$/);
  expect(findings[1]).not.toHaveProperty('place');
});

test.each<[string, SquawkAnswer, string | undefined]>([
  ['not installed: nothing', { kind: 'not-installed' }, undefined],
  [
    'unusable: a note',
    { kind: 'unusable', command: '/usr/bin/squawk', why: 'it is squawk 1.6, and 2 or later is needed' },
    '/usr/bin/squawk: it is squawk 1.6, and 2 or later is needed. Nothing else depends on it.',
  ],
  [
    'a migration that it did not understand: a note',
    { kind: 'answered', version: '2.66.0', hints: [], unread: [{ migration: '7', why: 'it didn’t understand the syntax' }] },
    'The first is 7: it didn’t understand the syntax. Nothing else depends on it.',
  ],
])('%s', (_, answer, detail) => {
  const { gate, findings } = mergeSquawk(outcome, answer, checks);
  expect(gate).toEqual(outcome.gate);
  expect(findings.slice(1).map((one) => [one.severity, one.detail])).toEqual(detail === undefined ? [] : [['note', detail]]);
});
