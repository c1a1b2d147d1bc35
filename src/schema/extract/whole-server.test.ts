import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Major, testServer } from '../../../test/support/databases.ts';
import { ask } from '../../../test/support/own-server.ts';
import { withSession } from '../../../test/support/session.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { compareObjects } from '../compare/compare-objects.ts';
import { extractDifferingFacts } from './extract-facts.ts';
import { subscriptions } from './families/publications.ts';
import { database } from './families/whole-database.ts';

async function compare(left: Session, right: Session, kind: string): Promise<readonly string[]> {
  const facts = await extractDifferingFacts(left, right, { exclude: [] });
  return compareObjects(facts.left, facts.right)
    .filter(({ object }) => object.kind === kind)
    .map((difference) => `${difference.class}: ${difference.property ?? difference.how}: ${difference.left ?? ''} | ${difference.right ?? ''}`);
}

test('roles that both sides refer to: what each may do on its own server', async () => {
  const name = randomBytes(4).toString('hex');
  const [role, group] = [`role_${name}`, `group_${name}`];
  const use = `create table t (a int); grant select on t to ${role};`;
  const attributes = {
    15: `superuser createrole createdb replication bypassrls noinherit connection limit 3 login valid until '2031-02-03 04:05:06+00'`,
    18: `nosuperuser inherit valid until '2032-02-03 04:05:06+00'`,
  };
  try {
    for (const major of [15, 18] as const) {
      await ask(testServer(major), `create role ${role} ${attributes[major]}; create role ${group}`);
    }
    await ask(testServer(15), `grant ${group} to ${role} with admin option; grant set on parameter work_mem to ${role}; comment on role ${role} is 'x'`);
    await ask(testServer(15), `alter role ${role} set work_mem = '5MB'; alter role ${role} set app.jwt_secret = 'geheim'`);
    await ask(testServer(18), `grant ${group} to ${role} with inherit true, set false`);
    await withSession(15, use, (left) =>
      withSession(18, use, async (right) => {
        const differences = await compare(left, right, 'role');
        expect(differences.map((one) => one.replace(/hidden \w+/, 'hidden').replace(group, 'group'))).toEqual([
          'security: attributes: SUPERUSER BYPASSRLS CREATEROLE CREATEDB REPLICATION NOINHERIT | INHERIT',
          'security: member of group: does not inherit, with admin option | inherits, may not set role',
          'security: rights on parameter work_mem: SET | ',
          "comment: comment: 'x' | ",
          'environment: connection limit of the role: 3 | ',
          'environment: login: yes | ',
          "environment: setting app.jwt_secret: 'hidden' | ",
          'environment: setting work_mem: 5MB | ',
          'environment: valid until: 2031-02-03 04:05:06 | 2032-02-03 04:05:06',
        ]);
      }),
    );
  } finally {
    for (const major of [15, 18] as const) {
      if (major === 15) await ask(testServer(major), `revoke all on parameter work_mem from ${role}`);
      await ask(testServer(major), `drop role if exists ${role}; drop role if exists ${group}`);
    }
  }
});

/** What is said of a role on one of two servers, each by itself, and what a comparison makes of it. */
const onlyThere: readonly (readonly [sql: string, expected: string])[] = [
  ['alter role $role superuser', 'security: attributes: SUPERUSER INHERIT | INHERIT'],
  ['alter role $role createdb', 'security: attributes: CREATEDB INHERIT | INHERIT'],
  ['alter role $role createrole', 'security: attributes: CREATEROLE INHERIT | INHERIT'],
  ['alter role $role replication', 'security: attributes: REPLICATION INHERIT | INHERIT'],
  ['alter role $role bypassrls', 'security: attributes: BYPASSRLS INHERIT | INHERIT'],
  ['alter role $role login', 'environment: login: yes | '],
  ["alter role $role valid until 'infinity'", 'environment: valid until: infinity | '],
  ['alter role $role connection limit 0', 'environment: connection limit of the role: 0 | '],
  ['grant $group to $role', 'security: member of $group: inherits | '],
  ['grant $group to $role with admin option', 'security: member of $group: inherits, with admin option | '],
  ["alter role $role set work_mem = '5MB'", 'environment: setting work_mem: 5MB | '],
  ["insert into pg_shseclabel values ('$role'::regrole, 'pg_authid'::regclass, 'dummy', 'secret')", "security: security label dummy: 'secret' | "],
  ['grant set on parameter work_mem to $role', 'security: rights on parameter work_mem: SET | '],
];

test('roles differ in one thing each', async () => {
  const name = randomBytes(4).toString('hex');
  const roles = onlyThere.map((_, index) => `role_${name}_${index}`);
  const group = `group_${name}`;
  const use = `create table t (a int); ${roles.map((role) => `grant select on t to ${role};`).join(' ')}`;
  try {
    for (const major of [15, 18] as const) await ask(testServer(major), [...roles, group].map((role) => `create role ${role};`).join(' '));
    const there = onlyThere.map(([sql], index) => sql.replaceAll('$role', roles[index] ?? '').replaceAll('$group', group));
    await ask(testServer(15), there.join('; '));
    await withSession(15, use, (left) =>
      withSession(18, use, async (right) => {
        const facts = await extractDifferingFacts(left, right, { exclude: [] });
        const differences = compareObjects(facts.left, facts.right).filter(({ object }) => object.kind === 'role');
        const told = differences.map((one) => `${one.object.name} ${one.class}: ${one.property}: ${one.left ?? ''} | ${one.right ?? ''}`);
        expect(told.toSorted()).toEqual(onlyThere.map(([, expected], index) => `${roles[index]} ${expected.replaceAll('$group', group)}`).toSorted());
      }),
    );
  } finally {
    await ask(
      testServer(15),
      `delete from pg_shseclabel where classoid = 'pg_authid'::regclass and objoid in (select oid from pg_roles where rolname ~ '${name}')`,
    );
    await ask(testServer(15), `revoke all on parameter work_mem from ${roles.at(-1)}`);
    for (const major of [15, 18] as const) for (const role of [...roles, group]) await ask(testServer(major), `drop role if exists ${role}`);
  }
});

test('a role that only one side refers to is no difference of its own', async () => {
  const role = `role_${randomBytes(4).toString('hex')}`;
  await ask(testServer(18), `create role ${role}`);
  try {
    await withSession(18, `create table t (a int); grant select on t to ${role}`, (left) =>
      withSession(18, 'create table t (a int)', async (right) => {
        expect(await compare(left, right, 'role')).toEqual([]);
        expect(await compare(left, right, 'table')).toEqual([`security: privileges: GRANT SELECT TO ${role} | `]);
      }),
    );
  } finally {
    await ask(testServer(18), `drop role ${role}`);
  }
});

describe.each<Major>([15, 18])('on PostgreSQL %i', (major) => {
  test('what is decided when a database is made', async () => {
    const name = `t_${randomBytes(6).toString('hex')}`;
    const server = testServer(major);
    const other: Address = { ...server, database: name };
    const { edge } = testContext();
    const space = await edge.postgres.connect(server);
    if (!space.ok) throw new Error(space.failure.message);
    try {
      await using session = space.value;
      await session.execute('set allow_in_place_tablespaces = on');
      await session.execute(`create tablespace ${name} location ''`);
      const rules = major >= 16 ? `icu_rules '&a < b'` : '';
      await session.execute(`create database ${name} template template0 encoding 'LATIN1' locale_provider icu icu_locale 'und' ${rules} tablespace ${name}`);
      await withSession(major, '', async (left) => {
        const connected = await edge.postgres.connect(other);
        if (!connected.ok) throw new Error(connected.failure.message);
        await using right = connected.value;
        const differences = await compare(left, right, 'database');
        expect(differences.map((one) => one.split(':').slice(0, 2).join(':'))).toEqual([
          ...(major >= 16 ? ['environment: ICU rules of the database'] : []),
          'environment: collation version of the database',
          'environment: default tablespace',
          'environment: encoding',
          'environment: locale of the database',
          'environment: locale provider',
        ]);
      });
    } finally {
      await ask(server, `drop database if exists ${name} with (force)`);
      await ask(server, `drop tablespace ${name}`);
    }
  });

  test('how a database sorts by the system’s library', async () => {
    await withSession(major, '', async (session) => {
      // Not committed, so that nobody has to find such a locale.
      await session.execute(`begin; update pg_database set datcollate = 'one', datctype = 'other' where datname = current_database()`);
      const [row] = await session.query<Record<string, string>>(database.sql(major), [null]);
      expect(row).toMatchObject({ 'collate of the database': 'one', 'ctype of the database': 'other' });
      await session.execute('rollback');
    });
  });

  test('a subscription that is switched on', async () => {
    const sub = `sub_${randomBytes(4).toString('hex')}`;
    const sql = `create subscription ${sub} connection 'host=127.0.0.1 port=1' publication p with (connect = false)`;
    await withSession(major, sql, (left, leftAddress) =>
      withSession(major, sql, async (right, rightAddress) => {
        // Not committed, so that no worker of the server sees it.
        await left.execute(
          `begin; update pg_subscription set subenabled = true where subname = '${sub}' and subdbid = (select oid from pg_database where datname = current_database())`,
        );
        expect(await enabledOf(left)).toBe('yes');
        expect(await enabledOf(right)).toBe('no');
        await left.execute('rollback');
        for (const address of [leftAddress, rightAddress])
          await ask(address, `alter subscription ${sub} set (slot_name = none)`).then(() => ask(address, `drop subscription ${sub}`));
      }),
    );
  });

  test('large objects by the thousand are told by a sum for each owner', async () => {
    const many = 'select lo_create(n) from generate_series(5001, 6001) n';
    await withSession(major, many, (left) =>
      withSession(major, `${many}; select lo_unlink(5001); select lo_create(7001)`, async (right) => {
        expect(await compare(left, right, 'large object')).toEqual([
          expect.stringMatching(/^environment: content: 1001, SHA-256 of their numbers and rights: \w{64} \| 1001, SHA-256/),
        ]);
      }),
    );
  });
});

/** Asked by the family's own query, in the transaction that the session is in. */
async function enabledOf(session: Session): Promise<string | undefined> {
  const [row] = await session.query<{ enabled: string }>(subscriptions.sql(Math.floor(session.serverVersionNum / 10_000)), [null]);
  return row?.enabled;
}
