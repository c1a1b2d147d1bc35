import { expect, test } from 'vitest';
import { settingsProblems } from '../settings-problems.ts';
import { showPath } from '../show-path.ts';
import { source } from './source.ts';

const problemsOf = (given: object) => settingsProblems(source, given).map(({ path, message }) => `${showPath(path)} ${message}`.trim());
const rds = { instance: 'production', account: '111122223333', region: 'eu-central-1' };

const azure = { server: 'shop', subscription: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee', resourceGroup: 'production', database: 'shop' };

test('what is right is taken, with what stands for the rest', () => {
  expect(source.parse({ rds })).toMatchObject({
    rds: { ...rds, snapshot: { freshnessHours: 24, take: true, keep: false }, classes: [], allowChanges: false, deleteAfterHours: 12, waitHours: 2 },
  });
  const aurora = { cluster: 'shop', account: '111122223333', region: 'eu-central-1' };
  const parsed = source.parse({ aurora });
  expect(parsed).toMatchObject({ aurora: { ...aurora, freshnessHours: 24, classes: [], allowChanges: false, deleteAfterHours: 12 } });
  // Without it production is cloned by copy-on-write.
  expect(parsed).not.toHaveProperty('aurora.snapshot');
  for (const right of [
    { aurora: { ...aurora, classes: ['db.serverless', 'db.r6g.large'], snapshot: {} } },
    { urlVariable: 'PRODUCTION_URL', tunnel: { ssh: { host: 'bastion' } } },
    { credential: { secret: 'shop/reader', region: 'eu-central-1' }, tunnel: { ssm: { tag: { name: 'role', value: 'bastion' } } } },
    { url: 'postgres://reader@production/shop', credential: { pgpass: true }, tunnel: 'none' },
    { azure },
    { rds: { ...rds, classes: ['db.t4g.small'], prices: { 'db.t4g.small': 0.04, 'db.m6g.large': 0.2 } } },
    { aurora: { ...aurora, prices: { 'db.serverless': 0.5 } } },
    { azure: { ...azure, prices: { Standard_D2ds_v5: 0.21 } } },
    { attached: { urlVariable: 'CLONE_URL', attestation: { by: 'dba', at: '2026-01-01T00:00:00Z', file: 'attestation.txt' } } },
  ]) {
    expect(problemsOf(right)).toEqual([]);
  }
});

const noIdentifier = 'must be the identifier of a DB instance: letters, digits and single dashes';
test.each([`prod'; drop table x; --`, 'a"b', 'prod\nother', 'prod\n', 'prod--uction', 'prod-', '-prod', '1prod', 'größe', 'p'.repeat(64), '$(id)', '../x', ''])(
  'an instance can’t be called %j',
  (instance) => {
    expect(problemsOf({ rds: { ...rds, instance } })).toEqual([`rds.instance ${noIdentifier}`]);
    if (!/^1prod$|--u/.test(instance)) expect(problemsOf({ azure: { ...azure, server: instance } })).toHaveLength(1);
    if (/['"\n$/]|^$/.test(instance)) expect(problemsOf({ azure: { ...azure, resourceGroup: instance } })).toHaveLength(1);
  },
);

test.each([
  [
    { credential: { variable: 'A', secret: 'b', region: 'c', profile: 'd' } },
    ['credential needs exactly one of variable, ssmParameter, secret, pgpass, command'],
  ],
  [{ credential: { secret: 'b' } }, ['credential.region is missing: the region of the secret']],
  [
    { credential: { variable: 'A', region: 'c', profile: 'd' } },
    ['credential.region belongs to ssmParameter and secret only', 'credential.profile belongs to ssmParameter and secret only'],
  ],
  [{ credential: { pgpass: true } }, ['credential.pgpass a password file holds passwords only: url or urlVariable is needed too']],
  [{ url: 'postgres://a:secret@b/c', credential: { variable: 'A' } }, ['url has a password of its own, beside credential']],
  [
    { url: 'postgres://a:secret@b/c', urlVariable: 'U', credential: { variable: 'A' }, tunnel: { ssm: { instanceId: 'i-1' } } },
    [
      'the configuration has both url and urlVariable',
      'url has a password of its own, beside credential',
      'tunnel.ssm.region is missing: the region of the machine',
    ],
  ],
  [{ urlVariable: 'U', tunnel: { ssm: { region: 'eu-central-1' } } }, ['tunnel.ssm needs either instanceId or tag']],
  [
    { aurora: { cluster: 'shop', account: '1', region: 'eu-central-1', snapshot: { keep: true, identifier: 'nightly' } } },
    ['aurora.account must be an account id: 12 digits', 'aurora.snapshot.keep says that a snapshot stays, but none is ever taken since identifier names one'],
  ],
  [{ rds: { ...rds, snapshot: { keep: true, take: false } } }, ['rds.snapshot.keep says that a snapshot stays, but none is ever taken (take: false)']],
  [
    { rds: { instance: 'Not/one', account: '12', region: 'Frankfurt', classes: ['t4g.small'] } },
    [
      'rds.instance must be the identifier of a DB instance: letters, digits and single dashes',
      'rds.account must be an account id: 12 digits',
      'rds.region must be a region, such as eu-central-1',
      'rds.classes[0] must be an instance class, such as db.t4g.small',
    ],
  ],
  [{ attached: { urlVariable: 'U', attestation: { by: 'dba', at: '2026-01-01T00:00:00Z' } } }, ['attached.attestation needs either reason or file']],
  [
    {
      attached: { urlVariable: 'U', attestation: { by: 'dba', at: '2026-01-01T00:00:00Z', dataAsOf: '2026-01-01T02:00:00+01:00', reason: 'restored by hand' } },
    },
    ['attached.attestation.dataAsOf is later than at: nobody can vouch for what is still to come'],
  ],
  [
    {
      azure: { ...azure, subscription: 'ours', tenant: 'ours', server: 'Shop', skus: ['D2'], endpoint: 'http://manager', allowFrom: ['0.0.0.0', '10.0.0.0/8'] },
    },
    [
      'azure.server must be the name of a flexible server: lower-case letters, digits and dashes',
      'azure.subscription must be the id of a subscription: 32 digits, letters a to f, and dashes',
      'azure.tenant must be the id of a tenant: 32 digits, letters a to f, and dashes',
      'azure.endpoint must be an address that begins with https://',
      'azure.skus[0] must be a size, such as Standard_D2ds_v5',
      'azure.allowFrom[0] must be an address of one machine: Azure takes 0.0.0.0 for all of its customers',
      'azure.allowFrom[1] must be an IPv4 address',
    ],
  ],
  [
    { azure: { ...azure, subnet: '/subscriptions/a/resourceGroups/b/providers/c', allowFrom: ['203.0.113.5'], tunnel: { ssm: { instanceId: 'i-1' } } } },
    ['azure.tunnel.ssm.region is missing: the region of the machine', 'azure.allowFrom is about a public address, and subnet about a private one'],
  ],
  [
    { rds: { ...rds, prices: { t4g: 0.04, 'db.t4g.small': -1, 'db.t4g.medium': 0, 'db.t4g.large': Number.NaN, 'db.t4g.xlarge': '0.26' } } },
    [
      'rds.prices.t4g must be an instance class, such as db.t4g.small',
      'rds.prices.db.t4g.small must be more than 0: leave out a class whose price you don’t know',
      'rds.prices.db.t4g.medium must be more than 0: leave out a class whose price you don’t know',
      'rds.prices.db.t4g.large must be a number, not NaN',
      'rds.prices.db.t4g.xlarge must be a number, not text',
    ],
  ],
  [
    { azure: { ...azure, prices: { 'db.t4g.small': 0.1, Standard_B1ms: Number.POSITIVE_INFINITY } } },
    ['azure.prices.db.t4g.small must be a size, such as Standard_D2ds_v5', 'azure.prices.Standard_B1ms must be a number, not Infinity'],
  ],
  [{ aurora: { cluster: 'shop', account: '111122223333', region: 'eu-central-1', prices: 0.3 } }, ['aurora.prices must be an object, not a number']],
])('what is wrong with %j is told, all at once', (given, problems) => {
  expect(problemsOf(given)).toEqual(problems);
});
