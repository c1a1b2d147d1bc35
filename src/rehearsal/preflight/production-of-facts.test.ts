import { expect, test } from 'vitest';
import type { SourceFacts } from '../../core/source-facts.ts';
import { judgeExtensions, judgeLedger, judgeVersion } from '../../preflight/judge/judge-known-parts.ts';
import { judgeRoles } from '../../preflight/judge/judge-roles.ts';
import { judgeSettings } from '../../preflight/judge/judge-settings.ts';
import { productionOfFacts } from './read-production.ts';

const facts: SourceFacts = {
  kind: 'dump',
  label: 'dump shop.dump',
  database: 'shop',
  major: 18,
  serverVersion: '18.4',
  locale: { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' },
  dataAsOf: '2026-11-21T10:00:00.000Z',
  sizeBytes: 0,
  isStandby: false,
  extensions: [{ name: 'plpgsql', version: '1.0', schema: 'pg_catalog' }],
  languages: [],
  features: [],
  roles: [],
  memberships: [],
  databaseSettings: [],
  databaseOwner: '',
  unknown: ['owner, grants and settings of the database: only pg_dump --create writes them'],
};

test('what a dump doesn’t tell is unknown, and equals nothing', () => {
  const then = productionOfFacts(facts);
  const outcomes = [
    judgeVersion(then.server, then.server),
    judgeLedger(then.ledger, then.ledger),
    judgeRoles(then.roles, then.roles, []),
    judgeSettings(then.settings, then.settings, []),
    judgeExtensions(then.extensions, then.extensions, []),
  ].map(({ check, outcome }) => `${check} ${outcome}`);
  expect(outcomes).toEqual(['server-version unknown', 'ledger unknown', 'roles unknown', 'settings unknown', 'extensions go']);
});
