import type pg from 'pg';
import { expect, test } from 'vitest';
import { essenceOf, heldLocks } from '../record/clients-essence.ts';
import { paymentsDidAtOnce, paymentsHeld, recordPayments as recorded, paymentsStatements as statements } from '../record/clients-payments.ts';
import { connectClient, runClient } from '../record/proxy-client.ts';

test('node’s pg in a pipeline', async () => {
  const recording = await recorded(async (through) => {
    const client = await connectClient(through, { pipeline: true } as pg.ClientConfig);
    await Promise.all(['begin', ...statements, 'commit'].map((text) => client.query(text)));
    await client.end();
  });
  expect(essenceOf(recording)).toEqual(paymentsDidAtOnce);
  expect(heldLocks(recording)).toEqual(paymentsHeld);
});

test('psql, all of it in one message', async () => {
  const recording = await recorded(async (through) => {
    expect(await runClient('psql', through, ['-q', '-c', statements.join(';\n')])).toEqual({ code: 0, stdout: '', stderr: '' });
  });
  expect(essenceOf(recording)).toEqual(paymentsDidAtOnce);
  expect(heldLocks(recording)).toEqual(paymentsHeld);
});
