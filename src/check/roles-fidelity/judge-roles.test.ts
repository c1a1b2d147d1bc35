import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import type { RoleFacts, SourceFacts } from '../../core/source-facts.ts';
import { judgeRoles } from './judge-roles.ts';
import { type RolesRead, readRoles } from './read-roles.ts';

const role = (name: string, more: Partial<RoleFacts> = {}): RoleFacts => ({
  name,
  superuser: false,
  inherit: true,
  createRole: false,
  createDb: false,
  canLogin: true,
  replication: false,
  bypassRls: false,
  connectionLimit: -1,
  settings: {},
  ...more,
});
const app = role('app', { settings: { '': ['search_path=app'], shop: ['work_mem=4MB'] } });
const source: Pick<SourceFacts, 'roles' | 'memberships' | 'database' | 'unknown'> = {
  roles: [app, role('reader', { bypassRls: true })],
  memberships: [{ role: 'reader', member: 'app', grantor: 'postgres', admin: false, inherit: true, set: true }],
  database: 'shop',
  unknown: [],
};
const clone: RolesRead = {
  roles: [{ ...app, settings: { '': ['search_path=app'], copy: ['work_mem=4MB'] } }, ...source.roles.slice(1), role('us')],
  memberships: source.memberships,
};

test('good: only LOGIN differs, and the database has another name', () => {
  const { gate, findings } = judgeRoles({ source, clone, cloneDatabase: 'copy', adminUser: 'us' });
  expect(findings).toEqual([]);
  expect(gate).toMatchObject({ gate: 'roles-fidelity', outcome: 'passed', couldFail: true, proof: '2 roles and 1 membership compared' });
});

test('bad: an attribute, a setting, a membership and a role are lost', () => {
  const lossy: RolesRead = {
    roles: [role('app', { settings: { '': ['search_path=other'] } }), role('stranger')],
    memberships: [{ role: 'stranger', member: 'app', admin: true, inherit: true, set: true }],
  };
  const { gate, findings } = judgeRoles({ source: { ...source, roles: [{ ...app, bypassRls: true }, role('reader')] }, clone: lossy, adminUser: 'us' });
  expect(findings.map(({ id, severity, expected, actual }) => [severity, id, expected, actual])).toEqual([
    ['doubt', 'roles-fidelity:role:app:bypassRls', 'true', 'false'],
    ['doubt', 'roles-fidelity:role:app:settings', 'search_path=app', 'search_path=other'],
    ['doubt', 'roles-fidelity:role:app:settings in shop', 'work_mem=4MB', ''],
    ['doubt', 'roles-fidelity:role:reader', undefined, undefined],
    ['note', 'roles-fidelity:role:stranger', undefined, undefined],
    ['doubt', 'roles-fidelity:membership:app in reader', 'admin false, inherit true, set true', 'none'],
    ['doubt', 'roles-fidelity:membership:app in stranger', undefined, 'admin true, inherit true, set true'],
  ]);
  expect(gate).toMatchObject({ outcome: 'inconclusive' });
});

test('several grantors of one membership count together', () => {
  const [one] = source.memberships;
  if (one === undefined) return expect.unreachable();
  const twice = {
    ...source,
    memberships: [
      { ...one, inherit: false },
      { ...one, grantor: 'other' },
    ],
  };
  expect(judgeRoles({ source: twice, clone, cloneDatabase: 'copy', adminUser: 'us' }).findings).toEqual([]);
});

test('a source that tells no roles can not pass', () => {
  const { gate } = judgeRoles({
    source: { ...source, roles: [], memberships: [], unknown: ['roles: a dump holds none'] },
    clone: { roles: [], memberships: [] },
    adminUser: 'us',
  });
  expect(gate).toMatchObject({ outcome: 'inconclusive', couldFail: false, summary: 'Roles could not be compared: roles: a dump holds none.' });
});

test.each([15, 18] as const)('the clone’s roles are read as they are (PostgreSQL %i)', async (major) => {
  const name = `rf_${randomBytes(5).toString('hex')}`;
  await withSession(major, '', async (session, address) => {
    await session.execute(
      `create role ${name} nologin noinherit bypassrls connection limit 3; create role ${name}_b; grant ${name} to ${name}_b with admin option`,
    );
    await session.execute(`alter role ${name} set work_mem = '5MB'; alter role ${name} in database ${address.database} set search_path = a, b`);
    try {
      const { roles, memberships } = await readRoles(session);
      expect(roles.find((one) => one.name === name)).toEqual({
        ...{ name, superuser: false, inherit: false, createRole: false, createDb: false, replication: false, bypassRls: true, connectionLimit: 3 },
        settings: { '': ['work_mem=5MB'], [address.database]: ['search_path=a, b'] },
      });
      const option = major === 18 ? true : null;
      expect(memberships.filter(({ role }) => role === name)).toEqual([{ role: name, member: `${name}_b`, admin: true, inherit: option, set: option }]);
    } finally {
      await session.execute(`drop role ${name}, ${name}_b`);
    }
  });
});

test('what we gave our own administrator is no difference, on neither side; what production gave it is one', () => {
  const admin = (...settings: string[]) => ({ ...role('us'), settings: { '': settings } });
  const judge = (there: ReturnType<typeof admin>, here: ReturnType<typeof admin>) =>
    judgeRoles({
      source: { ...source, roles: [there], memberships: [] },
      clone: { roles: [here], memberships: [] },
      adminUser: 'us',
      adminSettings: ['lock_timeout=0'],
    }).findings;
  expect(judge(admin(), admin('lock_timeout=0'))).toEqual([]);
  expect(judge(admin('lock_timeout=0'), admin('lock_timeout=0'))).toEqual([]);
  expect(judge(admin('lock_timeout=5s'), admin('lock_timeout=0'))).toMatchObject([{ expected: 'lock_timeout=5s' }]);
});
