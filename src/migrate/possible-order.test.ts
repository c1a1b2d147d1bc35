import { expect, test } from 'vitest';
import type { Migration } from '../core/migration.ts';
import { isPossibleOrder } from './possible-order.ts';

const migration = (revision: string, parents?: readonly string[], dependsOn?: readonly string[]) =>
  ({ revision, ...(parents !== undefined && { parents }), ...(dependsOn !== undefined && { dependsOn }) }) as unknown as Migration;

test('branches may come in any order, merges and dependencies may not', () => {
  const graph = [migration('1', []), migration('2', ['1']), migration('3', ['1']), migration('4', ['2', '3']), migration('5', [], ['2'])];
  expect(isPossibleOrder(graph, ['1', '2', '3', '4', '5'])).toBe(true);
  expect(isPossibleOrder(graph, ['3', '2', '5', '4'])).toBe(true);
  expect(isPossibleOrder(graph, ['2', '4', '3'])).toBe(false);
  expect(isPossibleOrder(graph, ['5', '2'])).toBe(false);
});

test('a line has one order', () => {
  const line = [migration('1'), migration('2'), migration('3')];
  expect(isPossibleOrder(line, ['2', '3'])).toBe(true);
  expect(isPossibleOrder(line, ['3', '2'])).toBe(false);
});
