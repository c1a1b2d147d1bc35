import { expect, test } from 'vitest';
import { unwrap } from '../../../test/support/unwrap.ts';
import { settingsSchema } from '../../config/schema.ts';
import { policyOfSettings } from './policy-of-settings.ts';

const key = 'arn:aws:kms:eu-central-1:111122223333:key/ours';

/** Keys that the policy names, by what it permits with them. */
function keysOf(kmsKey: string | undefined): Readonly<Record<string, readonly string[]>> {
  const snapshot = kmsKey === undefined ? {} : { kmsKey };
  const settings = settingsSchema.parse({
    source: { rds: { instance: 'production', account: '111122223333', region: 'eu-central-1', snapshot } },
    migrate: { tool: 'command', command: ['migrate'] },
    baseline: { mode: 'init-then-migrations' },
  });
  const ofKeys = unwrap(policyOfSettings(settings, 'source')).Statement.filter(({ Action }) => Action.some((action) => action.startsWith('kms:')));
  return Object.fromEntries(ofKeys.map(({ Sid, Resource }) => [Sid, Resource]));
}

test.each([
  ['no key', undefined, { UseKey: ['arn:aws:kms:eu-central-1:111122223333:key/*'] }],
  ['a key by its ARN', key, { LookAtKey: [key], UseKey: [key] }],
  // A policy that named an alias would permit nothing.
  [
    'an alias by its ARN',
    'arn:aws:kms:eu-central-1:111122223333:alias/backups',
    { LookAtKey: ['arn:aws:kms:eu-central-1:111122223333:key/*'], UseKey: ['arn:aws:kms:eu-central-1:111122223333:key/*'] },
  ],
])('with %s configured, the policy is for the keys that may be meant', (_, kmsKey, expected) => {
  expect(keysOf(kmsKey)).toEqual(expected);
});
