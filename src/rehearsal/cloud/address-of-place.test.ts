import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { FakeAws } from '../../../test/support/fake-aws/fake-aws.ts';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import type { Context } from '../../core/ports.ts';
import type { Secret } from '../../core/secret.ts';
import { addressOfPlace } from './address-of-place.ts';
import { checkPermission } from './check-permission.ts';
import type { Place } from './place.ts';

function contextWith(variables: Readonly<Record<string, string>>, more: Partial<Context> = {}) {
  const context = testContext();
  const hidden: string[] = [];
  const environment = (name: string) => variables[name];
  const hide = (secret: Secret) => void hidden.push(secret.reveal());
  return { ...context, ...more, hide, hidden, edge: { ...context.edge, system: { ...context.edge.system, environment }, ...more.edge } };
}

async function resolved(place: Place, variables: Readonly<Record<string, string>> = {}, folder = '/') {
  const context = contextWith(variables);
  const { password, host, port, database, user, tls } = unwrap(await addressOfPlace(context, place, folder, 'source'));
  return { host, port, database, user, tls, password: password?.reveal(), hidden: context.hidden };
}

const json = JSON.stringify({ username: 'reader', password: "it's \\ one", host: 'db.example.com', port: 5433, dbname: 'shop', engine: 'postgres' });

test('JSON as RDS writes it says where to go and who one is; nobody sends it over a connection that isn’t encrypted', async () => {
  const found = { host: 'db.example.com', port: 5433, database: 'shop', user: 'reader', tls: 'require', password: "it's \\ one", hidden: ["it's \\ one"] };
  expect(await resolved({ credential: { variable: 'C' } }, { C: json })).toEqual(found);
  expect(await resolved({ credential: { variable: 'C' }, tlsRootCertificate: 'bundle.pem' }, { C: json })).toEqual({ ...found, tls: 'verify-full' });
});

test('what the URL says comes first, and the password is the credential’s', async () => {
  const url = 'postgres://other.example.com/other';
  expect(await resolved({ url, credential: { variable: 'C' } }, { C: json })).toMatchObject({ host: 'other.example.com', database: 'other', user: 'reader' });
  const named = 'postgres://me@other.example.com/other';
  expect(await resolved({ urlVariable: 'U', credential: { variable: 'C' } }, { U: named, C: json })).toMatchObject({ user: 'me', password: "it's \\ one" });
  expect(await resolved({ url: named, credential: { variable: 'C' } }, { C: 'just a password\n' })).toMatchObject({ user: 'me', password: 'just a password' });
  expect(await resolved({ credential: { variable: 'C' } }, { C: 'postgres://a:b@c:1/d' })).toMatchObject({ host: 'c', port: 1, user: 'a', password: 'b' });
});

test('a command and a password file are asked', async () => {
  await withFolder({}, async (folder) => {
    writeFileSync(join(folder, 'passwords'), 'db:5432:shop:reader:from file\n', { mode: 0o600 });
    const url = 'postgres://reader@db/shop';
    expect(await resolved({ url, credential: { pgpass: 'passwords' } }, {}, folder)).toMatchObject({ password: 'from file' });
    const command = [process.execPath, '-e', 'console.log("from command")'];
    expect(await resolved({ url, credential: { command } }, {}, folder)).toMatchObject({ password: 'from command' });
  });
});

test('Parameter Store and Secrets Manager are asked, in the region that is named', async () => {
  await using aws = await FakeAws.start();
  aws.ssm.parameters.set('/shop/reader', 'of ssm');
  aws.secrets.set('shop/reader', json);
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  try {
    const region = FakeAws.region;
    expect(await resolved({ url: 'postgres://reader@db/shop', credential: { ssmParameter: '/shop/reader', region } })).toMatchObject({ password: 'of ssm' });
    expect(await resolved({ credential: { secret: 'shop/reader', region } })).toMatchObject({ host: 'db.example.com', user: 'reader' });
    expect(aws.calls.map(({ action, region: of }) => [action, of])).toEqual([
      ['GetParameter', region],
      ['GetSecretValue', region],
    ]);
    const missing = await addressOfPlace(testContext(), { credential: { secret: 'none', region } }, '/', 'source');
    expect(missing).toMatchObject({ ok: false, failure: { code: 'cloud-not-found', message: expect.stringContaining('the secret none') } });
  } finally {
    vi.unstubAllEnvs();
  }
});

test.each([
  [{ urlVariable: 'U' }, 'config-invalid', 'The environment variable U is not set.'],
  [{ credential: { variable: 'C' } }, 'credential-missing', 'The variable C is not set.'],
  [{ credential: { variable: 'BARE' } }, 'config-invalid', 'the variable BARE names no host'],
  [{ credential: { variable: 'BROKEN' } }, 'credential-missing', 'is no JSON with the keys username and password'],
  [{ url: 'postgres://a@b/c', credential: { command: ['false'] } }, 'credential-missing', 'The command false ended with exit code 1.'],
])('%j: %s, and nothing of a secret', async (place, code, message) => {
  const failed = await addressOfPlace(contextWith({ BARE: 'canary', BROKEN: '{"password": canary' }), place, '/', 'source');
  expect(failed).toMatchObject({ ok: false, failure: { code, message: expect.stringContaining(message) } });
  expect(JSON.stringify(failed)).not.toContain('canary');
});

const source = { account: '111122223333', instance: 'production', allowChanges: false };
test.each([
  ['nobody agrees', source, {}, undefined, false],
  ['somebody agrees', source, {}, { permitted: true }, true],
  ['the configuration agrees', { ...source, allowChanges: true }, {}, undefined, true],
  ['CI, where nobody tells the account', { ...source, allowChanges: true }, { CI: 'true' }, { permitted: true }, false],
  ['CI, where the account is told', source, { CI: '1' }, { permitted: true, account: '111122223333' }, true],
  ['CI, where a variable tells it', { ...source, allowChanges: true }, { CI: 'true', PGREHEARSE_ACCOUNT: '111122223333' }, undefined, true],
  ['CI that says that it is none', { ...source, allowChanges: true }, { CI: 'false' }, undefined, true],
  ['another account is told', { ...source, allowChanges: true }, {}, { permitted: true, account: '999900001111' }, false],
  ['the account is told, and nobody agrees', source, {}, { account: '111122223333' }, false],
])('whether a server may be made in a cloud: %s', (_, settings, variables, cloud, may) => {
  const asked = checkPermission(contextWith(variables, cloud === undefined ? {} : { cloud }), settings);
  expect(asked.ok || asked.failure.code).toBe(may || 'cloud-not-permitted');
});
