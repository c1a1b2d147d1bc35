import { expect, test } from 'vitest';
import { withDatabase } from '../../../../test/support/databases.ts';
import { maskedRows, openMasked, saltVariable as salt } from '../../../../test/support/masked-source.ts';
import { fakeKinds } from '../../../core/masking.ts';

test.each([15, 18] as const)('a hash keeps the type, NULL, the empty text and equality (PostgreSQL %i)', async (major) => {
  const types = {
    ...{ a: 'text', b: 'varchar(20)', c: 'char(14)', d: 'uuid', e: 'smallint', f: 'integer', g: 'bigint', h: 'numeric(16,2)', i: 'numeric', j: 'bytea' },
    ...{ k: 'numeric(5)', l: 'varchar(3)' },
  };
  const definition = Object.entries(types).map(([name, type]) => `${name} ${type}`);
  const sql = `
    create table t (id int, ${definition.join(', ')});
    insert into t values
      (1, 'same', 'same', 'same', '00000000-0000-0000-0000-000000000001', 7, 7, 7, 7, 7, 'same', 7, 'abc'),
      (2, 'same', 'same', 'same', '00000000-0000-0000-0000-000000000001', 7, 7, 7, 7.00, 7.000, 'same', 7, 'abc'),
      (3, 'other', 'other', 'other', '00000000-0000-0000-0000-000000000002', -7, -7, -7, 8, 8, 'other', 8, 'xyz'),
      (4, '', '', '', null, null, null, null, null, null, null, null, null);
    create table other (id int, email varchar(64));
    insert into other values (1, 'same')`;
  await withDatabase(major, sql, async (address) => {
    const columns = Object.fromEntries(Object.keys(types).map((name) => [`public.t.${name}`, 'hash' as const]));
    await using source = await openMasked(address, { columns: { ...columns, 'public.other.email': 'hash' }, saltVariable: salt });
    const [one = {}, two, three = {}, four] = await maskedRows(source, 't');
    expect({ ...two, id: 1 }).toEqual(one);
    for (const name of Object.keys(types)) expect(three[name], name).not.toEqual(one[name]);
    expect(one).toMatchObject({
      a: expect.stringMatching(/^[0-9a-f]{32}$/),
      b: expect.stringMatching(/^[0-9a-f]{20}$/),
      c: expect.stringMatching(/^[0-9a-f]{14}$/),
      d: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      h: expect.stringMatching(/^\d{1,14}\.\d\d$/),
      i: expect.stringMatching(/^\d{1,15}$/),
      k: expect.stringMatching(/^\d{1,5}$/),
      l: expect.stringMatching(/^[0-9a-f]{3}$/),
    });
    expect((one.j as Buffer).length).toBe(32);
    expect([one.e, one.f, one.g].every((number) => Number(number) > 0)).toBe(true);
    expect([three.e, three.f, three.g].every((number) => Number(number) < 0)).toBe(true);
    expect(four).toEqual({ id: 4, ...Object.fromEntries(Object.keys(types).map((name) => [name, null])), a: '', b: '', c: ' '.repeat(14) });
    const [elsewhere] = await maskedRows(source, 'other');
    expect(elsewhere?.email).toBe(one.a);
  });
});

test('hashed integers stay different: every smallint, and the ends of the others', async () => {
  const sql = `
    create table small (v smallint); insert into small select generate_series(-32768, 32767);
    create table wide (i int, b bigint);
    insert into wide values (-2147483648, -9223372036854775808), (2147483647, 9223372036854775807), (0, 0), (-1, -1), (1, 1);`;
  await withDatabase(18, sql, async (address) => {
    const columns = { 'public.small.v': 'hash', 'public.wide.i': 'hash', 'public.wide.b': 'hash' } as const;
    await using source = await openMasked(address, { columns });
    const small = (await maskedRows(source, 'small')).map(({ v }) => Number(v));
    expect(new Set(small).size).toBe(65_536);
    expect([Math.min(...small), Math.max(...small)]).toEqual([-32_768, 32_767]);
    expect(small.slice(0, 50)).toEqual([...small].sort((a, b) => a - b).slice(0, 50));
    const wide = await maskedRows(source, 'wide');
    for (const name of ['i', 'b']) expect(new Set(wide.map((row) => row[name])).size).toBe(5);
  });
});

test('another salt gives another hash, and without a salt no session gets any', async () => {
  await withDatabase(15, "create table t (email text); insert into t values ('a@b.c')", async (address, run) => {
    const once = async (saltVariable?: string) => {
      await using source = await openMasked(address, { columns: { 'public.t.email': 'hash' }, ...(saltVariable === undefined ? {} : { saltVariable }) });
      return { row: (await maskedRows(source, 't'))[0]?.email, expression: source.masking?.tables[0]?.columns.email };
    };
    const [first, again, random, randomAgain] = [await once(salt), await once(salt), await once(), await once()];
    expect(first.row).toBe(again.row);
    expect(new Set([first.row, random.row, randomAgain.row]).size).toBe(3);
    await expect(run(`select ${first.expression} from t`)).rejects.toThrow(/pgrehearse\.salt/);
  });
});

test('every fake looks like what it stands for, and is the same for the same value', async () => {
  const definition = fakeKinds.map((kind) => `"${kind}" text`);
  const sql = `
    create table t (id int, ${definition.join(', ')}, address inet, device macaddr, born date, seen timestamptz, at timestamp);
    insert into t select n, ${fakeKinds.map(() => "'value ' || n % 200").join(', ')}, '192.168.1.1', '08:00:2b:01:02:03', '1999-01-01', now(), now()
      from generate_series(1, 400) n;
    create table u (id int, "name" text, phone varchar(40), ip inet unique); insert into u values (1, 'value 1', '', '192.168.1.1');`;
  await withDatabase(18, sql, async (address) => {
    const columns = {
      ...Object.fromEntries(fakeKinds.map((kind) => [`public.t."${kind}"`, `fake:${kind}` as const])),
      ...({ 'public.t.address': 'keep', 'public.t.device': 'fake:mac', 'public.t.born': 'fake:date', 'public.t.seen': 'fake:date' } as const),
      ...({ 'public.t.at': 'fake:date', 'public.u.name': 'fake:name', 'public.u.phone': 'fake:phone', 'public.u.ip': 'fake:ip' } as const),
    };
    await using source = await openMasked(address, { columns });
    const rows = (await maskedRows(source, 't')) as readonly Record<string, string>[];
    const shapes: Record<(typeof fakeKinds)[number], RegExp> = {
      'first-name': /^[A-Z][\w' -]+$/,
      'last-name': /^[A-Z][\w' -]+$/,
      name: /^[A-Z][\w' -]+ [A-Z][\w' -]+$/,
      username: /^[a-z]+_[0-9a-f]{12}$/,
      email: /^[a-z]+\.[a-z]+-[0-9a-f]{12}@example\.com$/,
      phone: /^\+1\d{3}55501\d\d$/,
      street: /^\d+ [A-Z0-9].*$/,
      city: /^[A-Z].*$/,
      postcode: /^\d{5}$/,
      company: /^[A-Z].*$/,
      date: /^(19[4-9]\d|200\d)-\d\d-\d\d$/,
      // One column of addresses is unique, so all are of the range that is large enough.
      ip: /^2001:db8(:[0-9a-f]{4}){6}$/,
      mac: /^02(:[0-9a-f]{2}){5}$/,
      'user-agent': /^Mozilla/,
      iban: /^DE\d{20}$/,
      card: /^400000\d{10}$/,
    };
    for (const kind of fakeKinds) {
      const values = rows.map((row) => row[kind] ?? '');
      expect(
        values.filter((value) => !shapes[kind].test(value)),
        kind,
      ).toEqual([]);
      expect(new Set(values).size, kind).toBeGreaterThan(kind === 'phone' ? 60 : 50);
      for (const row of rows.slice(0, 200)) expect(rows.find(({ id }) => Number(id) === Number(row.id) + 200)?.[kind]).toBe(row[kind]);
    }
    for (const { iban = '', card = '' } of rows) {
      const digits = `${iban.slice(4)}1314${iban.slice(2, 4)}`;
      expect(BigInt(digits) % 97n).toBe(1n);
      const sum = [...card]
        .reverse()
        .reduce((total, digit, at) => total + (at % 2 === 0 ? Number(digit) : Number(digit) * 2 > 9 ? Number(digit) * 2 - 9 : Number(digit) * 2), 0);
      expect(sum % 10).toBe(0);
    }
    expect(rows[0]).toMatchObject({ device: expect.stringMatching(/^02:/), born: expect.stringMatching(/^(19|20)\d\d-/), address: '192.168.1.1' });
    const [other] = await maskedRows(source, 'u');
    expect(other).toMatchObject({ name: rows[0]?.name, phone: '', ip: expect.stringMatching(/^2001:db8:/) });
  });
});

test('unique columns stay unique and short ones short', async () => {
  const sql = `
    create table t (id int, nick varchar(14) unique, mail varchar(30), phone text, name varchar(12));
    create unique index on t (lower(phone));
    insert into t select n, 'nick' || n, 'mail' || n, 'phone' || n, 'name' || n from generate_series(1, 3000) n`;
  await withDatabase(18, sql, async (address, run) => {
    const columns = { 'public.t.nick': 'fake:username', 'public.t.mail': 'fake:email', 'public.t.phone': 'fake:phone', 'public.t.name': 'fake:name' } as const;
    await using source = await openMasked(address, { columns });
    const rows = (await maskedRows(source, 't')) as readonly Record<string, string>[];
    expect(new Set(rows.map(({ nick }) => nick)).size).toBe(3000);
    expect(new Set(rows.map(({ phone }) => phone)).size).toBe(3000);
    expect(new Set(rows.map(({ mail }) => mail)).size).toBe(3000);
    expect(Math.max(...rows.map(({ nick = '' }) => nick.length))).toBeLessThanOrEqual(14);
    expect(Math.max(...rows.map(({ mail = '' }) => mail.length))).toBeLessThanOrEqual(30);
    expect(Math.max(...rows.map(({ name = '' }) => name.length))).toBeLessThanOrEqual(12);
    await run('select 1');
  });
});

test('null, a constant, an expression over the row, and a kept column', async () => {
  const sql = `
    create schema app; create domain app.short as varchar(8) check (value <> 'bad');
    create table app.t (id int, a text, b int, c app.short, d text, e text[], f jsonb, "constructor" text, "user" text);
    insert into app.t values (1, 'a', 2, 'c', 'd', '{x,y}', '{"k": 1}', 'z', 'u'), (2, null, null, null, null, null, null, null, null)`;
  await withDatabase(15, sql, async (address) => {
    const columns = {
      ...({ 'app.t.a': 'null', 'app.t.b': { constant: 5 }, 'app.t.c': { constant: "it's" } } as const),
      'app.t.d': { sql: 'pg_catalog.upper(d) || id -- a comment' },
      'app.t.e': { sql: "array['z']" },
      'app.t.f': { constant: '{"k": null}' },
      'app.t.constructor': { constant: 'x' },
      'app.t."user"': 'keep',
    } as const;
    await using source = await openMasked(address, { columns });
    expect(await maskedRows(source, 't')).toEqual([
      { id: 1, a: null, b: 5, c: "it's", d: 'D1', e: ['z'], f: { k: null }, constructor: 'x', user: 'u' },
      { id: 2, a: null, b: null, c: null, d: null, e: ['z'], f: null, constructor: null, user: null },
    ]);
    expect(source.masking?.facts.columns.map(({ strategy }) => strategy)).toEqual(['null', 'constant', 'constant', 'sql', 'sql', 'constant', 'constant']);
  });
});
