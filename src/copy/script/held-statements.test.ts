import { expect, test } from 'vitest';
import { HeldStatements } from './held-statements.ts';

const statements = ['CREATE TABLE public.t (a int)', 'CREATE INDEX i ON public.t USING btree (a)', 'ALTER TABLE public.t ENABLE ROW LEVEL SECURITY'];
const take = (held: HeldStatements, texts: readonly string[]) => texts.map((text, at) => held.take({ text, line: at + 1 }));

test('everything from the first index on waits for the script’s end', () => {
  const held = new HeldStatements(true);
  expect(take(held, statements)).toEqual([false, true, true]);
  expect(held.all().map(({ line }) => line)).toEqual([2, 3]);
});

test('rows that follow all the same give up what was held, in its order, and nothing more is', () => {
  const held = new HeldStatements(true);
  take(held, statements);
  expect(held.take({ text: 'INSERT INTO public.t VALUES (1)', line: 4 })).toBe(false);
  expect(held.giveUp().map(({ text }) => text)).toEqual(statements.slice(1));
  expect(take(held, statements)).toEqual([false, false, false]);
  expect(held.all()).toEqual([]);
});

test('a script that was written by hand is run as it comes', () => {
  expect(take(new HeldStatements(false), statements)).toEqual([false, false, false]);
});
