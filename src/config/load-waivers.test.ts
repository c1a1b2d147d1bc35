import { expect, test } from 'vitest';
import { withFolder } from '../../test/support/temporary-folder.ts';
import { loadWaivers, readWaivers } from './load-waivers.ts';

const good = { object: 'public.t.a', property: 'type', reason: 'renamed next week', expires: '2026-12-31' };
const read = (...waivers: readonly unknown[]) => readWaivers(JSON.stringify({ waivers }, null, 2), 'w.json');
const problems = (...waivers: readonly unknown[]) => {
  const result = read(...waivers);
  return result.ok ? [] : (result.failure.problems ?? []).map(({ message, place }) => `${place?.line}: ${message}`);
};

test('each waiver with its place', () => {
  expect(read(good)).toEqual({ ok: true, value: [{ ...good, comparison: 'schema-gate', place: { file: 'w.json', line: 3, column: 5 } }] });
});

test('every fault at once, each with its line; no day that no calendar has', () => {
  expect(problems({ ...good, expires: '2026-02-30' }, { ...good, reason: 'short' }, { ...good, porperty: 'x' }, { object: 'x' })).toEqual([
    '7: waivers[0].expires must be a day, as 2026-12-31',
    expect.stringMatching(/^12: waivers\[1\]\.reason expected string to have >=10 characters/),
    '20: waivers[2].porperty is not a known key',
    '22: waivers[3].property is missing',
    '22: waivers[3].reason is missing',
    '22: waivers[3].expires is missing',
  ]);
  expect(readWaivers('{"waivers": [}', 'w.json')).toMatchObject({ ok: false, failure: { code: 'waivers-invalid', problems: [{ place: { line: 1 } }] } });
});

test('the same waiver twice is an error, whatever the reasons', () => {
  expect(problems(good, { ...good, kind: 'column' }, { ...good, reason: 'another reason', expires: '2027-01-01' })).toEqual([
    '16: waivers[2] says the same as waivers[0]',
  ]);
});

test('no file is no waiver, unless it was named', async () => {
  await withFolder({}, async (folder) => {
    expect(await loadWaivers(folder, undefined)).toEqual({ ok: true, value: [] });
    expect(await loadWaivers(folder, 'missing.json')).toMatchObject({ ok: false, failure: { code: 'waivers-invalid' } });
  });
  await withFolder({ 'pgrehearse.waivers.json': JSON.stringify({ waivers: [good] }) }, async (folder) => {
    expect(await loadWaivers(folder, undefined)).toMatchObject({ ok: true, value: [good] });
  });
});
