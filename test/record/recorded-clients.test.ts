import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFolder } from '../support/temporary-folder.ts';
import { hasAlembic, migrateWithAlembic } from './clients-alembic.ts';
import { essenceOf, heldLocks } from './clients-essence.ts';
import {
  paymentsDid,
  paymentsDidAtOnce,
  paymentsFile,
  paymentsHeld,
  recordPayments as recorded,
  paymentsStatements as statements,
} from './clients-payments.ts';
import { connectClient, runClient } from './proxy-client.ts';

test('psql, by a file that includes another one: each statement a message of its own', async () => {
  const recording = await recorded(async (through) => {
    const ran = await runClient('psql', through, ['-1', '-q', '-v', 'ON_ERROR_STOP=1', '-f', '-'], { input: `\\i ${paymentsFile}\n` });
    expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
  });
  expect(essenceOf(recording)).toEqual(paymentsDid);
  expect(heldLocks(recording)).toEqual(paymentsHeld);
});

test('node’s pg, by prepared statements', async () => {
  const recording = await recorded(async (through) => {
    const client = await connectClient(through);
    await client.query('begin');
    for (const [at, text] of statements.entries()) await client.query({ name: `statement ${at}`, text });
    await client.query('commit');
    await client.end();
  });
  expect(essenceOf(recording)).toEqual(paymentsDid);
  expect(heldLocks(recording)).toEqual(paymentsHeld);
  expect(new Set(recording.statements.slice(1, -1).map(({ protocol }) => protocol))).toEqual(new Set(['extended']));
});

test.skipIf(!hasAlembic)('Debian’s Alembic with psycopg2, run as a command', async () => {
  const recording = await recorded(async (through, database) => await migrateWithAlembic(database, through));
  expect(essenceOf(recording)).toEqual(paymentsDid);
  expect(heldLocks(recording)).toEqual(paymentsHeld);
});

test('libpq’s pipeline, by pgbench', async () => {
  const recording = await recorded(async (through) => {
    const script = ['\\startpipeline', ...['begin', ...statements, 'commit'].map((text) => `${text.replaceAll(/\s+/g, ' ')};`), '\\endpipeline', ''].join('\n');
    await withFolder({ 'pipeline.sql': script }, async (folder) => {
      const ran = await runClient('pgbench', through, ['-n', '-M', 'extended', '-t', '1', '-f', join(folder, 'pipeline.sql')]);
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('number of transactions actually processed: 1/1') });
    });
  });
  expect(essenceOf(recording)).toEqual(paymentsDidAtOnce);
  expect(heldLocks(recording)).toEqual(paymentsHeld);
});
