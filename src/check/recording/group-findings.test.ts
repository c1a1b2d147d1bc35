import { expect, test } from 'vitest';
import type { Finding, Severity } from '../../core/finding.ts';
import { groupFindings } from './group-findings.ts';

const found = (name: string, severity: Severity = 'warning', migration = '1_first', check = 'rewrite'): Finding => ({
  id: `${check}:table:${name}`,
  check,
  phase: 'migrate',
  severity,
  rootCause: 'lock',
  object: { kind: 'table', name },
  title: `${name} was written anew`,
  detail: `How ${name} was.`,
  migration,
  place: { file: `${migration}.sql`, line: 1 },
  cure: 'Do it otherwise.',
  advice: { statements: [`alter table ${name} …`], notes: ['Later.'] },
});

test('a few stay as they are, many of a kind are one, led by the first by id whatever their order', () => {
  const few = ['a', 'b', 'c'].map((name) => found(name));
  expect(groupFindings(few)).toEqual(few);
  const many = ['d', 'b', 'a', 'c'].map((name) => found(name));
  const [one, ...none] = groupFindings(many);
  expect(none).toEqual([]);
  expect(one).toMatchObject({
    id: 'rewrite:table:a',
    title: 'a was written anew, and 3 more findings of the kind',
    detail: 'How a was.\nThe others:\n– b was written anew\n– c was written anew\n– d was written anew',
    migration: '1_first',
    place: { file: '1_first.sql' },
    advice: { statements: ['alter table a …', 'alter table b …', 'alter table c …', 'alter table d …'], notes: ['Later.'] },
  });
  expect(groupFindings(many.toReversed())).toEqual([one]);
  expect(groupFindings([...many, found('e', 'note'), found('a', 'warning', '1_first', 'stall')])).toHaveLength(3);
});

test('several migrations are told; those that block are one only within each, where they are cured', () => {
  const four = (severity: Severity) => ['1', '2', '3', '4'].map((migration) => found(`t${migration}`, severity, migration));
  const [one] = groupFindings(four('warning'));
  expect(one).not.toHaveProperty('migration');
  expect(one).not.toHaveProperty('place');
  expect(one?.detail).toContain('– t4 was written anew (4)');
  expect(groupFindings(four('blocker'))).toHaveLength(4);
  const long = groupFindings(Array.from({ length: 40 }, (_, at) => found(`t${100 + at}`)));
  expect(long[0]?.detail).toMatch(/\n– t120 was written anew\n– and 19 more$/);
  expect(long[0]?.advice?.statements).toHaveLength(10);
});
