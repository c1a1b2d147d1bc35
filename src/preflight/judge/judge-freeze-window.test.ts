import { expect, test } from 'vitest';
import { type FreezeWindow, isWithin, judgeFreezeWindow } from './judge-freeze-window.ts';

const weekend: FreezeWindow = { weekly: { from: 'friday 16:00', to: 'monday 08:00' }, timeZone: 'Europe/Berlin', reason: 'nobody is there' };

test.each([
  ['2026-11-20T14:59:00Z', false], // Friday, 15:59 in Berlin
  ['2026-11-20T15:00:00Z', true],
  ['2026-11-22T12:00:00Z', true],
  ['2026-11-23T06:59:00Z', true], // Monday, 7:59
  ['2026-11-23T07:00:00Z', false],
  ['2026-07-24T14:00:00Z', true], // Friday, 16:00 in summer time
  ['2026-07-24T13:59:00Z', false],
])('%s is within each weekend: %s', (at, expected) => {
  expect(isWithin(weekend, new Date(at))).toBe(expected);
});

test('from a time to the same time is the whole week', () => {
  const always: FreezeWindow = { ...weekend, weekly: { from: 'monday 00:00', to: 'monday 00:00' } };
  expect(isWithin(always, new Date('2026-11-25T12:00:00Z'))).toBe(true);
});

const year: FreezeWindow = { from: '2026-12-20T00:00:00+01:00', to: '2027-01-04T00:00:00+01:00', reason: 'the year is closed' };

test('a dated window holds from its first instant to its end', () => {
  expect(isWithin(year, new Date('2026-12-19T22:59:59Z'))).toBe(false);
  expect(isWithin(year, new Date('2026-12-19T23:00:00Z'))).toBe(true);
  expect(isWithin(year, new Date('2027-01-03T23:00:00Z'))).toBe(false);
});

test('one that begins while the migrations run counts', () => {
  const now = new Date('2026-12-19T22:30:00Z');
  expect(judgeFreezeWindow([year], now, 60_000).outcome).toBe('go');
  expect(judgeFreezeWindow([year], now, 45 * 60_000)).toMatchObject({ outcome: 'no-go', summary: expect.stringContaining('the year is closed') });
});

test('nobody knows how long it takes: a window within a day is a doubt, and one that is open is none', () => {
  expect(judgeFreezeWindow([year], new Date('2026-12-19T00:00:00Z'), undefined).outcome).toBe('unknown');
  expect(judgeFreezeWindow([year], new Date('2026-12-01T00:00:00Z'), undefined).outcome).toBe('go');
  expect(judgeFreezeWindow([year], new Date('2026-12-25T00:00:00Z'), undefined).outcome).toBe('no-go');
});

test.each([
  // Clocks go from 2 to 3, and from 3 back to 2.
  ['2026-03-29T01:00:00Z', true],
  ['2026-03-29T00:59:00Z', false],
  ['2026-10-25T00:30:00Z', true],
  ['2026-10-25T01:30:00Z', true],
  ['2026-10-25T02:30:00Z', false],
])('%s is within a night whose clock changes: %s', (at, expected) => {
  const night: FreezeWindow = { weekly: { from: 'sunday 02:15', to: 'sunday 03:15' }, timeZone: 'Europe/Berlin', reason: 'the books are closed' };
  expect(isWithin(night, new Date(at))).toBe(expected);
});

test('that there is none has to be said', () => {
  expect(judgeFreezeWindow(undefined, new Date(), 0).outcome).toBe('unknown');
  expect(judgeFreezeWindow([], new Date(), 0).outcome).toBe('go');
});
