import { expect, test } from 'vitest';
import { looksSecret, passwordInUrl } from '../core/secret-name.ts';
import { settingsSecrets } from './settings-secrets.ts';

const found = (settings: unknown) => settingsSecrets(settings).map((secret) => secret.reveal());

test('what goes by a secret name is found at any depth, and passwords in URLs by their place', () => {
  const settings = {
    source: { url: 'postgres://reader:p%40ss-word@db.example:5432/shop' },
    clone: { password: 'clone-password' },
    migrate: { env: { SMTP_PASSWORD: 'smtp-1234', NODE_ENV: 'production', CACHE: 'redis://u:cache-pw@h/0' } },
    smoke: [{ headers: { Authorization: 'Bearer abc.def-123', accept: 'application/json' } }],
  };
  expect(found(settings).sort()).toEqual(['Bearer abc.def-123', 'abc.def-123', 'cache-pw', 'clone-password', 'p@ss-word', 'smtp-1234']);
});

test('names of variables, files, placeholders and plain words are none', () => {
  const settings = {
    dump: { passphraseVariable: 'DUMP_PASSPHRASE', identityFile: 'keys/age.txt' },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is what a configuration holds
    env: { DB_PASSWORD: '${PGPASSWORD}', USE_TOKEN: 'true', TOKEN: 'yes', PASSWORD: 'required' },
    signing: { ssh: { key: 'keys/id_ed25519' } },
  };
  expect(found(settings)).toEqual([]);
});

test.each([
  ['STRIPE_API_KEY', 'sk_live_51H8xyz', true],
  ['GITHUB_TOKEN', 'ghp_1234567', true],
  ['DB_PASSWORD', 'Tr0ub4dor', true],
  ['AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI', true],
  ['SENTRY_DSN', 'abc123@sentry', true],
  ['SSH_AUTH_SOCK', '/tmp/agent.1', false],
  ['PATH', '/usr/bin:/bin1', false],
  ['PASSWORD_FILE', '/run/secrets/x1', false],
])('%s=%s: %s', (name, value, secret) => expect(looksSecret(name, value)).toBe(secret));

test('a password stands before the host of a URL', () => {
  expect(passwordInUrl('postgres://u:a%20b@h/db')).toBe('a b');
  expect(passwordInUrl('postgres://u@h:5432/db')).toBe(undefined);
  expect(passwordInUrl('https://h/path?q=a:b@c')).toBe(undefined);
  expect(passwordInUrl('postgres://u:100%@h/db')).toBe('100%');
  expect(passwordInUrl('not a url: at all@home')).toBe(undefined);
});
