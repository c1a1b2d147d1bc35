import { expect, test } from 'vitest';
import { settingsSchema } from '../config/schema.ts';
import { preflightCheckNames } from '../core/preflight.ts';
import { decide, weightsOf } from './decide.ts';
import { go, noGo, notApplicable, unknown } from './finding.ts';

const allGo = preflightCheckNames.map((check) => go(check, 'Fine.'));
const but = (...others: readonly ReturnType<typeof go>[]) => allGo.map((one) => others.find(({ check }) => check === one.check) ?? one);

test('GO only when every required check says so', () => {
  expect(decide(allGo, {})).toMatchObject({ decision: 'GO', exitCode: 0 });
  expect(decide(but(unknown('ledger', 'It can’t be read.')), {})).toMatchObject({ decision: 'UNKNOWN', exitCode: 3, summary: 'It can’t be read.' });
  expect(decide(but(unknown('ledger', 'a'), noGo('schema', 'b')), {})).toMatchObject({ decision: 'NO-GO', exitCode: 1, summary: 'b' });
  expect(decide(but(notApplicable('wal-archiving', 'None.')), {}).decision).toBe('GO');
});

test('a check that nobody carried out is unknown', () => {
  expect(decide(allGo.slice(1), {})).toMatchObject({ decision: 'UNKNOWN', summary: 'It was not looked at.' });
  expect(decide([], {}).decision).toBe('UNKNOWN');
});

test('where nothing could say go, nobody says it', () => {
  const nothing = preflightCheckNames.map((check) => notApplicable(check, 'None.'));
  expect(decide(nothing, {})).toMatchObject({ decision: 'UNKNOWN', exitCode: 3 });
});

test('what is advisory is told, and doesn’t decide', () => {
  const found = but(noGo('schema', 'b'), noGo('commit', 'c'));
  expect(decide(found, { schema: 'advisory', commit: 'advisory' })).toMatchObject({
    decision: 'GO',
    summary: 'Every required check says go. Against it, and only advisory: commit, schema.',
  });
  expect(decide(found, { schema: 'advisory', commit: 'required' }).decision).toBe('NO-GO');
});

test('the commit decides where a tool runs programs, and not where files of SQL are hashed', () => {
  const weights = (migrate: unknown) =>
    weightsOf(
      settingsSchema.parse({
        source: { url: 'postgres://h/d' },
        migrate,
        baseline: { mode: 'init-at-head', schema: ['s.sql'] },
        preflight: { checks: { roles: 'advisory' } },
      }),
    );
  expect(weights({ tool: 'sql-files', folder: 'm', layout: 'flat' })).toEqual({ commit: 'advisory', roles: 'advisory' });
  expect(weights({ tool: 'alembic' })).toMatchObject({ commit: 'required' });
});

test('that the rehearsal passed is never only advisory', () => {
  const parsed = settingsSchema.safeParse({ preflight: { checks: { evidence: 'advisory' } } });
  expect(parsed.error?.issues.find(({ path }) => path.join('.') === 'preflight.checks.evidence')?.message).toMatch(/rehearsal that passed/);
});
