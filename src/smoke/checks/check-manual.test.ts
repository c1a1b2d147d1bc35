import { expect, test } from 'vitest';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { Asking } from '../scene.ts';
import { checkManual, migrationsHash } from './check-manual.ts';

const migrations = [{ revision: '0002', sha256: 'aa' }] as unknown as Asking['migrations'];
const hash = migrationsHash(migrations);
const now = new Date('2026-03-10T12:00:00Z');
const check = { kind: 'manual' as const, name: 'checkout', required: true, steps: ['Buy something.', 'See the mail.'], file: 'signed.json', validDays: 14 };
const signed = { check: 'checkout', result: 'passed', who: 'Ada', when: '2026-03-09T09:00:00Z', migrations: hash };

async function answered(file: string | undefined, of: Asking['migrations'] = migrations) {
  return await withFolder(file === undefined ? {} : { 'signed.json': file }, async (folder) =>
    checkManual({ ...testContext(), now: () => now }, { folder, migrations: of } as Asking, check),
  );
}

const list = (...signatures: object[]) => JSON.stringify({ signatures });

test('a signature for these migrations counts, with the file’s hash; the last one wins', async () => {
  const passed = await answered(list(signed));
  expect(passed).toMatchObject({
    outcome: 'works',
    said: expect.stringMatching(/^Ada said passed on 2026-03-09T09:00:00Z; signed.json has the SHA-256 [0-9a-f]{64}$/),
  });
  const failed = { ...signed, result: 'failed', when: '2026-03-09T10:00:00Z', note: 'no mail came' };
  expect(await answered(list(failed, signed))).toMatchObject({ outcome: 'broken', said: expect.stringContaining('(no mail came)') });
});

test.each([
  ['no file', undefined, 'nobody has signed: there is no signed.json'],
  ['no JSON', 'passed!', 'signed.json can’t be read as a checklist'],
  ['no name', list({ ...signed, who: ' ' }), 'signed.json can’t be read as a checklist'],
  ['the pattern itself', list({ ...signed, who: '…' }), 'signed.json can’t be read as a checklist'],
  ['another check', list({ ...signed, check: 'other' }), 'nobody has signed for it in signed.json'],
  ['other migrations', list({ ...signed, migrations: 'bb' }), 'the signatures in signed.json are for other migrations'],
  ['long ago', list({ ...signed, when: '2026-02-01' }), 'the signature of Ada is of 2026-02-01, more than 14 days ago'],
  ['in the future', list({ ...signed, when: '2026-04-01' }), 'the signature of Ada is of 2026-04-01, which is yet to come'],
])('%s: unknown, never passed', async (_, file, said) => {
  expect(await answered(file)).toMatchObject({
    outcome: 'unknown',
    said,
    detail: undefined === file ? '1. Buy something.\n2. See the mail.' : expect.anything(),
  });
});

test('the cure is what to write down; without known migrations nothing can be signed for', async () => {
  expect((await answered(undefined)).cure).toContain(`"migrations":"${hash}"`);
  expect(await answered(list(signed), [])).toMatchObject({ outcome: 'unknown', said: expect.stringContaining('isn’t known which migrations') });
});
