import { expect, test } from 'vitest';
import type { ServerCheck } from '../../config/schema.ts';
import { serverCheck } from '../../config/settings/server-checks.ts';
import { type ArchiveReading, judgeArchive, judgeAttestation } from './judge-backup.ts';
import { judgeVersion } from './judge-version.ts';
import type { AskedServer } from './server-answer.ts';
import { writeUpServerCheck } from './write-up-server-check.ts';

type Of<K extends ServerCheck['kind']> = Extract<ServerCheck, { kind: K }>;
const parsed = <K extends ServerCheck['kind']>(kind: K, rest: object) => serverCheck.parse({ kind, name: 'asked', ...rest }) as Of<K>;

test('a version is in a range whose ends belong to it', () => {
  const kind = (rest: object, version: number) => judgeVersion(parsed('version', rest), version).kind;
  expect(kind({ min: '15', max: '15' }, 150_018)).toBe('holds');
  expect(kind({ min: '15.4' }, 150_004)).toBe('holds');
  expect(kind({ min: '15.4' }, 150_003)).toBe('broken');
  expect(kind({ max: '15' }, 160_000)).toBe('broken');
  expect(kind({ max: '15.4' }, 150_005)).toBe('broken');
});

const made = Date.parse('2026-11-21T10:00:00Z');
const archive: ArchiveReading = { file: 'dump/a.dump', database: 'shop', madeAtMs: made, tables: ['public.item', 'public.note'], sizeBytes: 100 };
const scene = { nowMs: made + 3_600_000, database: 'shop', tables: ['public.item', 'public.note'] };

test('an archive is worth something only whole, young, of this database and with every table', () => {
  const check = parsed('backup', { file: 'dump/a.dump', maxAgeHours: 2 });
  expect(judgeArchive(check, archive, scene)).toMatchObject({ kind: 'holds', proof: expect.stringContaining('not restored') });
  const broken: readonly (readonly [Partial<ArchiveReading>, string])[] = [
    [{ unreadable: 'could not read from input file: end of file' }, 'end of file'],
    [{ database: 'staging' }, 'staging'],
    [{ madeAtMs: made - 7_200_000 }, '3 h'],
    [{ tables: ['public.item'] }, 'public.note'],
    [{ tables: [] }, 'public.item and 1 more'],
  ];
  for (const [change, found] of broken)
    expect(judgeArchive(check, { ...archive, ...change }, scene)).toMatchObject({ kind: 'broken', found: expect.stringContaining(found) });
});

test('an archive of a time to come is no young one', () => {
  const check = parsed('backup', { file: 'dump/a.dump', maxAgeHours: 2 });
  expect(judgeArchive(check, { ...archive, madeAtMs: made + 400 * 86_400_000 }, scene)).toMatchObject({
    kind: 'doubt',
    reason: expect.stringContaining('yet to come'),
  });
});

test('a word is told as a word, and grows old', () => {
  const attestation = { by: 'dba', at: '2026-11-21T10:00:00Z', statement: 'restored into staging' };
  const check = parsed('backup', { attestation, maxAgeHours: 2 });
  expect(judgeAttestation(check, made + 3_600_000)).toMatchObject({ kind: 'holds', proof: expect.stringContaining('no more than their word') });
  expect(judgeAttestation(check, made + 8_000_000).kind).toBe('broken');
  expect(judgeAttestation(check, made - 1).kind).toBe('broken');
});

const server: AskedServer = { what: 'production', label: 'app@db:5432/shop', version: '15.18', database: 'shop', standby: false };

test('every answer names the server that was asked, and a doubt is no pass', () => {
  const check = parsed('connections', {});
  const outcome = (answer: Parameters<typeof writeUpServerCheck>[2]) => writeUpServerCheck(check, server, answer, performance.now());
  const held = outcome({ kind: 'holds', found: '3 connections', proof: '3 against 80' }).gate;
  expect(held).toMatchObject({ gate: 'server-check:asked', outcome: 'passed', summary: '3 connections on production (app@db:5432/shop, PostgreSQL 15.18).' });
  const other = writeUpServerCheck(check, { ...server, isOtherCluster: true }, { kind: 'holds', found: '3 connections', proof: '3 against 80' }, 0).gate;
  expect(other.summary).toContain('another cluster than the source’s');
  expect(outcome({ kind: 'doubt', reason: 'nobody looked', cure: 'Look.' }).gate.outcome).toBe('inconclusive');
  const broken = outcome({ kind: 'broken', found: '90 connections', expected: 'at most 80', rootCause: 'quota', cure: 'Wait.', lines: ['a client waits'] });
  expect(broken.gate.outcome).toBe('failed');
  expect(broken.findings[0]).toMatchObject({ id: 'server-check:server:asked', severity: 'blocker', detail: 'a client waits.' });
  expect(broken.findings[0]?.title).toContain('app@db:5432/shop');
});
