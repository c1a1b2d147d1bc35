import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { openUrl } from '../../source/url.ts';
import { copyDatabase } from '../copy-database.ts';
import { withoutOutboundEffects } from './outbound-effects.ts';

test('what could reach out is left out or disconnected; everything else stays as it is', () => {
  const keep = "COMMENT ON TABLE t IS 'CREATE USER MAPPING FOR x SERVER y and a subscription'";
  expect(withoutOutboundEffects(keep)).toEqual({ kind: 'keep', text: keep });
  expect(withoutOutboundEffects("CREATE USER MAPPING FOR app SERVER far OPTIONS (password 'p')")).toMatchObject({
    kind: 'dropped',
    note: expect.stringContaining('app'),
  });
  expect(withoutOutboundEffects('ALTER SUBSCRIPTION s ENABLE')).toMatchObject({ kind: 'dropped' });
  expect(withoutOutboundEffects('ALTER SUBSCRIPTION s OWNER TO x')).toMatchObject({ kind: 'keep' });
  for (const options of ["WITH (connect = false, slot_name = 's', enabled = true)", 'WITH (streaming = on)', '']) {
    const decision = withoutOutboundEffects(`CREATE SUBSCRIPTION s CONNECTION 'host=db password=hidden' PUBLICATION a, b ${options}`.trim());
    expect(decision).toMatchObject({ kind: 'changed', text: expect.stringMatching(/connect = false.*slot_name = NONE|slot_name = NONE.*connect = false/) });
    if (decision.kind === 'changed') expect(decision.text).not.toMatch(/hidden|enabled = true/);
  }
});

test.each([15, 18] as const)('a subscription of PostgreSQL %i exists in the copy, but leads nowhere', async (major) => {
  const name = `sub_${randomBytes(4).toString('hex')}`;
  const create = `create table t (a int); create subscription ${name} connection 'host=10.9.8.7 password=hidden' publication p with (connect = false)`;
  await withDatabase(major, create, async (address, run) => {
    await withDatabase(major, '', async (target, runInCopy) => {
      const opened = await openUrl(testContext(), { url: `postgres://postgres@127.0.0.1:${address.port}/${address.database}`, allowPrimary: true });
      if (!opened.ok) throw new Error(opened.failure.message);
      await using source = opened.value;
      const copied = await copyDatabase(testContext(), { ...source, facts: { ...source.facts, roles: [], memberships: [] } }, target);
      if (!copied.ok) throw new Error(copied.failure.message);
      expect(copied.value.report.losses).toEqual([]);
      expect(copied.value.sourceSchemaText).toContain('slot_name = NONE');
      expect(JSON.stringify(copied.value)).not.toContain('hidden');
      const { rows } = await runInCopy(
        'select subname, subenabled, subconninfo, subslotname from pg_subscription where subdbid = (select oid from pg_database where datname = current_database())',
      );
      expect(rows).toEqual([{ subname: name, subenabled: false, subconninfo: 'host=removed.invalid', subslotname: null }]);
      await runInCopy(`drop subscription ${name}`);
    });
    await run(`alter subscription ${name} set (slot_name = none)`);
    await run(`drop subscription ${name}`);
  });
});
