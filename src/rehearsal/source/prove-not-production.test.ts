import { expect, test } from 'vitest';
import { testServer, withDatabase } from '../../../test/support/databases.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { settingsSchema as schema } from '../../config/schema.ts';
import type { Address } from '../../core/server.ts';
import { openForFacts } from './open-source.ts';

const urlOf = ({ host, port, user, database }: Address) => `postgres://${user}@${host}:${port}/${database}?sslmode=disable`;

/** What opening an attached clone comes to, where production is as told. */
async function attach(clone: Address, production: Address | undefined, at = '2026-01-01T00:00:00Z') {
  const attached = { url: urlOf(clone), attestation: { by: 'dba', at, reason: 'restored by hand' } };
  const preflight = production === undefined ? {} : { preflight: { source: { url: urlOf(production) } } };
  const settings = schema.parse({
    source: { attached },
    migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat' },
    baseline: { mode: 'init-then-migrations' },
    ...preflight,
  });
  return await openForFacts(testContext(), settings, '/');
}

async function unknownOf(clone: Address, production: Address | undefined): Promise<string> {
  await using source = unwrap(await attach(clone, production));
  return source.facts.unknown.filter((text) => text.includes('attached')).join('; ');
}

test('an attached clone that is production is refused, one beside it or that nothing is known of is told, and one elsewhere is proved', async () => {
  await withDatabase(15, '', async (clone) => {
    await withDatabase(15, '', async (beside) => {
      expect(await attach(clone, { ...clone, host: 'localhost' })).toMatchObject({ ok: false, failure: { code: 'attached-is-production' } });
      expect(await unknownOf(clone, beside)).toContain('on the very server of production');
      expect(await unknownOf(clone, testServer(18))).toBe('');
      expect(await unknownOf(clone, { ...beside, database: 'nowhere' })).toMatch(/whether the attached clone is production itself: .*nowhere/);
      expect(await unknownOf(clone, undefined)).toContain('neither preflight.source nor runbook.production');
    });
  });
});

test('nobody vouches for what is still to come', async () => {
  expect(await attach(testServer(15), undefined, '2999-01-01T00:00:00Z')).toMatchObject({ ok: false, failure: { code: 'config-invalid' } });
});
