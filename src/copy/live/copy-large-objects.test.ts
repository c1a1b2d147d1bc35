import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { testServer, withDatabase } from '../../../test/support/databases.ts';
import { ask } from '../../../test/support/own-server.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { Address } from '../../core/server.ts';
import { openUrl } from '../../source/url.ts';
import { largeObjectParts } from '../dump/large-object-parts.ts';
import { copyLargeObjects } from './copy-large-objects.ts';

async function opened(address: Address, user: string) {
  const source = await openUrl(testContext(), { url: `postgres://${user}@${address.host}:${address.port}/${address.database}`, allowPrimary: true });
  if (!source.ok) throw new Error(source.failure.message);
  return source.value;
}

/** Everything about each large object, in one line each. */
const stateQuery = `
  select m.oid::text, pg_get_userbyid(lomowner) as owner, length(lo_get(m.oid))::text as bytes, md5(lo_get(m.oid)) as md5, obj_description(m.oid, 'pg_largeobject') as comment,
         (select string_agg(format('%s %s %s', case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee) end, a.privilege_type, a.is_grantable), ', ' order by 1)
            from aclexplode(coalesce(m.lomacl, acldefault('L', m.lomowner))) a(grantor, grantee, privilege_type, is_grantable)) as rights
    from pg_largeobject_metadata m order by m.oid`;

test('large objects of every size come over with owner, rights and comment; one that may not be read is named', async () => {
  const suffix = randomBytes(4).toString('hex');
  const [owner, reader] = [`lo_owner_${suffix}`, `lo_reader_${suffix}`];
  const made = `
    create role ${owner}; create role ${reader} login bypassrls; grant ${owner} to ${reader};
    do $$ begin for i in 1000..1299 loop
      perform lo_from_bytea(i, decode(repeat(to_hex(i % 256 + 256), i % 7), 'hex'));
      execute format('alter large object %s owner to ${owner}', i);
    end loop; end $$;
    select lo_from_bytea(2000, decode(repeat('00ff0a5c', 3000000), 'hex')), lo_from_bytea(2001, decode(repeat('07', 65536), 'hex')), lo_from_bytea(2002, decode(repeat('07', 65537), 'hex')), lo_create(2003);
    alter large object 2000 owner to ${owner}; alter large object 2001 owner to ${owner}; alter large object 2002 owner to ${owner};
    comment on large object 2001 is 'it''s one; really';
    grant select on large object 2001 to ${reader} with grant option; grant update on large object 2002 to public; revoke update on large object 2001 from ${owner};
    select lo_from_bytea(4294967295, 'last')`;
  await withDatabase(15, made.replaceAll('repeat(to_hex(i % 256 + 256), i % 7)', "repeat(lpad(to_hex(i % 256), 2, '0'), i % 7)"), async (address, run) => {
    const expected = await ask(address, stateQuery);
    expect(expected).toHaveLength(305);
    await withDatabase(15, "select lo_from_bytea(1007, 'was there before')", async (target) => {
      await using source = await opened(address, 'postgres');
      expect(await copyLargeObjects(testContext(), source, target, 2)).toEqual([]);
      expect(await ask(target, stateQuery)).toEqual(expected);
    });
    await withDatabase(15, '', async (target) => {
      await using source = await opened(address, reader);
      const losses = await copyLargeObjects(testContext(), source, target, 2);
      expect(losses.map((loss) => `${loss.object.name} ${loss.sqlstate}`)).toEqual(['2003 42501', '4294967295 42501']);
      const there = await ask(target, stateQuery);
      expect(there.filter(({ oid }) => Number(oid) < 2003)).toEqual(expected.filter(({ oid }) => Number(oid) < 2003));
      expect(there.at(-1)).toMatchObject({ oid: '4294967295', bytes: '0' });
      // A dump leaves out the same two, before anything of them is read.
      const dumped = await largeObjectParts(source.session, false);
      expect(dumped.losses).toEqual(losses);
      const rows = dumped.parts.map(({ statement }) => statement.replace(/^\s*copy \(/, '').replace(/\) to stdout\s*$/, ''));
      const [read] = await source.session.query(`select count(distinct oid)::int as objects from (${rows.join(') union all (')}) as row`);
      expect(read).toEqual({ objects: expected.filter(({ bytes, oid }) => bytes !== '0' && oid !== '4294967295').length });
    });
    await run(`drop owned by ${owner}, ${reader}`);
  });
  await ask(testServer(15), `drop owned by ${owner}, ${reader}; drop role ${owner}, ${reader}`);
});
