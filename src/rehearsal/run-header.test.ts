import { expect, test } from 'vitest';
import { settingsSchema } from '../config/schema.ts';
import { configSha256 } from './run-header.ts';

const aws = { account: '111122223333', region: 'eu-central-1' };
const azure = { server: 'shop', subscription: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee', resourceGroup: 'production', database: 'shop' };

const hashOf = (source: object) =>
  configSha256(settingsSchema.parse({ source, migrate: { tool: 'command', command: ['migrate'] }, baseline: { mode: 'init-then-migrations' } }));

test.each([
  [{ rds: { ...aws, instance: 'production' } }, { prices: { 'db.t4g.small': 0.04 } }],
  [{ aurora: { ...aws, cluster: 'shop' } }, { prices: { 'db.r6g.large': 0.31 } }],
  [{ azure }, { prices: { Standard_D2ds_v5: 0.21 } }],
])('an approved rehearsal of %j stays approved when a price is corrected, and not when another server is meant', (source, prices) => {
  const [[kind = '', given = {}] = []] = Object.entries(source);
  expect(hashOf({ [kind]: { ...given, ...prices, allowChanges: true, deleteAfterHours: 3 } })).toBe(hashOf(source));
  expect(hashOf({ [kind]: { ...given, database: 'other' } })).not.toBe(hashOf(source));
});
