import { expect, test } from 'vitest';
import { isSetting, transactionVerb } from './transaction-verb.ts';

test.each([
  ['begin', 'begins'],
  ['START TRANSACTION isolation level serializable', 'begins'],
  ['/* x */ commit', 'ends'],
  ['end', 'ends'],
  ['commit and chain', 'chains'],
  ['commit work and no chain', 'ends'],
  ['rollback', 'rolls-back'],
  ['abort', 'rolls-back'],
  ['rollback to savepoint a', 'none'],
  ['rollback work to a', 'none'],
  ["commit prepared 'x'", 'none'],
  ["prepare transaction 'x'", 'ends'],
  ['prepare p as select 1', 'none'],
  ['savepoint a', 'none'],
  ['do $$ begin end $$', 'none'],
  ['"begin"', 'none'],
])('%s: %s', (statement, verb) => {
  expect(transactionVerb(statement)).toBe(verb);
});

test('a setting', () => {
  expect(isSetting('-- x\nset transaction isolation level serializable')).toBe(true);
  expect(isSetting('vacuum t')).toBe(false);
});
