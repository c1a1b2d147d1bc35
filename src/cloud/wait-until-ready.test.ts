import { expect, test } from 'vitest';
import { testContext } from '../../test/support/test-context.ts';
import { CloudError } from '../core/cloud-error.ts';
import type { CloudThing, Seen } from './cloud-thing.ts';
import { instanceStates } from './rds/instance-states.ts';
import { waitUntilReady } from './wait-until-ready.ts';

const doing = 'restoring it';
const wait = { pollMs: 0, waitMs: 60_000, doing };

/** A thing that is told as each of these in turn, and as the last of them for ever. */
function told(...answers: readonly (string | Partial<Seen> | Error | undefined)[]): CloudThing {
  let at = 0;
  return {
    label: 'instance x',
    states: instanceStates,
    async look() {
      const answer = answers[Math.min(at++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      if (answer === undefined) return undefined;
      return { status: 'available', tags: {}, isProtected: false, isSettled: true, ...(typeof answer === 'string' ? { status: answer } : answer) };
    },
    delete: () => Promise.reject(new Error('waiting deletes nothing')),
  };
}

const cloudError = (code: string, refused: boolean) => new CloudError({ operation: 'rds:DescribeDBInstances', code, message: code, refused });

test('a state that stays is told again, with what is waited for', async () => {
  const context = testContext();
  await waitUntilReady(context, told('modifying', 'modifying', 'available'), { ...wait, pollMs: 5, tellMs: 1 });
  const texts = context.events.flatMap((event) => (event.type === 'step' ? [event.text] : []));
  expect(texts).toEqual(['instance x is modifying', 'instance x is modifying still, 0 min after restoring it began', 'instance x is available']);
});

test('each state is told once, with how far it is', async () => {
  const context = testContext();
  const thing = told('creating', 'creating', { status: 'backing-up', share: 0.4 }, { status: 'backing-up', share: 0.8 }, 'a-state-of-next-year', 'available');
  expect(await waitUntilReady(context, thing, wait)).toMatchObject({ ok: true, value: { status: 'available' } });
  expect(context.events.flatMap((event) => (event.type === 'step' ? [event.text] : []))).toEqual([
    'instance x is creating',
    'instance x is backing-up, 40 %',
    'instance x is backing-up, 80 %',
    'instance x is a-state-of-next-year',
    'instance x is available',
  ]);
});

test('a state that never ends is given up by name', async () => {
  expect(await waitUntilReady(testContext(), told('creating'), { ...wait, waitMs: 1 })).toMatchObject({
    ok: false,
    failure: { code: 'throwaway-timed-out', rootCause: 'environment', message: expect.stringContaining('is creating still') },
  });
});

test('descriptions that lag behind are waited for; what was there and is gone is not', async () => {
  expect(await waitUntilReady(testContext(), told(undefined, undefined, 'creating', 'available'), wait)).toMatchObject({ ok: true });
  expect(await waitUntilReady(testContext(), told(undefined), wait)).toMatchObject({ ok: false, failure: { code: 'throwaway-failed' } });
  expect(await waitUntilReady(testContext(), told('creating', undefined), wait)).toMatchObject({
    ok: false,
    failure: { message: expect.stringContaining('somebody deleted it') },
  });
  expect(await waitUntilReady(testContext(), told('creating', 'deleting'), wait)).toMatchObject({
    ok: false,
    failure: { message: expect.stringContaining('somebody deletes it') },
  });
});

test('a network that is away for a while is waited for, a refusal isn’t', async () => {
  const lost = cloudError('NoAnswer', false);
  const busy = cloudError('Throttling', true);
  expect(await waitUntilReady(testContext(), told('creating', lost, busy, lost, 'available'), wait)).toMatchObject({ ok: true });
  expect(await waitUntilReady(testContext(), told('creating', cloudError('ExpiredToken', true)), wait)).toMatchObject({
    ok: false,
    failure: { code: 'cloud-credentials' },
  });
});

test('after a change, ready says nothing until the change has passed or never showed', async () => {
  const after = { ...wait, afterChange: true };
  let looks = 0;
  const counting = (thing: CloudThing): CloudThing => ({
    ...thing,
    look(signal) {
      looks += 1;
      return thing.look(signal);
    },
  });
  await waitUntilReady(testContext(), counting(told('available', 'resetting-master-credentials', 'available')), after);
  expect(looks).toBe(3);
  looks = 0;
  await waitUntilReady(
    testContext(),
    counting(told({ isSettled: false }, { isSettled: false }, { isSettled: false }, { isSettled: false }, 'available')),
    after,
  );
  expect(looks).toBe(5);
  looks = 0;
  await waitUntilReady(testContext(), counting(told('available')), after);
  expect(looks).toBe(4);
});

test('Ctrl-C ends it', async () => {
  expect(await waitUntilReady(testContext(AbortSignal.abort()), told('creating'), wait)).toMatchObject({ ok: false, failure: { code: 'interrupted' } });
});
