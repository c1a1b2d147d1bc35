import { expect, test } from 'vitest';
import { Secret } from '../core/secret.ts';
import type { Address } from '../core/server.ts';
import { commandEnvironment, connectionUrl, leadsElsewhere, withoutPassword } from './command-environment.ts';

const address: Address = { host: '127.0.0.1', port: 5433, database: 'shop', user: 'app@x', password: new Secret('p/w d'), tls: 'disable' };

test('the URL, with odd characters, sockets and IPv6', () => {
  expect(connectionUrl(address)).toBe('postgres://app%40x:p%2Fw%20d@127.0.0.1:5433/shop?sslmode=disable');
  const { password: _, ...open } = address;
  expect(connectionUrl({ ...open, host: '/tmp/s' })).toBe('postgres://app%40x@/shop?host=%2Ftmp%2Fs&port=5433&sslmode=disable');
  expect(connectionUrl({ ...open, host: '::1' })).toBe('postgres://app%40x@[::1]:5433/shop?sslmode=disable');
});

test('behind a tunnel every tool is led to the tunnel, and who checks the certificate’s name has the name', () => {
  const { password: _, ...open } = address;
  const tunnelled: Address = { ...open, host: 'db.example.com', hostAddress: '127.0.0.1' };
  expect(connectionUrl({ ...tunnelled, tls: 'require' })).toBe('postgres://app%40x@127.0.0.1:5433/shop?sslmode=require');
  expect(connectionUrl({ ...tunnelled, tls: 'verify-full' })).toBe('postgres://app%40x@db.example.com:5433/shop?hostaddr=127.0.0.1&sslmode=verify-full');
  expect(commandEnvironment(tunnelled, { env: {} })).toMatchObject({ PGHOST: 'db.example.com', PGHOSTADDR: '127.0.0.1', PGPORT: '5433' });
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: this is how env refers to our variables.
test('the team’s own variables, and references in env', () => {
  const env = commandEnvironment(address, {
    databaseNameVariable: 'APP_DB_NAME_OVERRIDE',
    databaseUrlVariable: 'APP_URL',
    env: { DIRECT_URL: '${DATABASE_URL}', BLANK: ' ', PGHOST: 'prod', X: '${OTHER}' },
  });
  const url = connectionUrl(address);
  expect(env).toEqual({
    DATABASE_URL: url,
    PGHOST: '127.0.0.1',
    PGPORT: '5433',
    PGDATABASE: 'shop',
    PGUSER: 'app@x',
    PGPASSWORD: 'p/w d',
    PGSSLMODE: 'disable',
    APP_DB_NAME_OVERRIDE: 'shop',
    APP_URL: url,
    DIRECT_URL: url,
    X: '${OTHER}',
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above.

test.each([
  ['PGSERVICE', 'prod', true],
  ['PGPASSFILE', '/x', true],
  ['PGREHEARSE_HOME', '/x', false],
  ['DB_URI', 'postgresql+psycopg2://prod/x', true],
  ['JDBC', 'jdbc:postgresql://prod/x', true],
  ['EMPTIED', 'anything', true],
  ['PATH', '/usr/bin', false],
  ['API', 'https://example.org', false],
])('%s=%s is left out: %s', (name, value, left) => {
  expect(leadsElsewhere({ EMPTIED: '' })(name, value)).toBe(left);
});

test('passwords are taken out in both forms', () => {
  expect(withoutPassword('p/w d and postgres://u:p%2Fw%20d@h', address)).toBe('*** and postgres://u:***@h');
});
