import { describe, expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import { extractAllFacts, extractDifferingFacts } from './extract-facts.ts';

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  test('only what differs is fetched', async () => {
    const same = 'create table same (a int not null, b text default 1); create table t (a int) with (fillfactor = 70);';
    await withSession(major, same, async (left) => {
      await withSession(major, `${same} alter table t add "B c" varchar(9)`, async (right) => {
        const facts = await extractDifferingFacts(left, right, { exclude: [] });
        expect(facts.left.all().map(({ kind, name }) => `${kind} ${name}`)).toEqual(['column public.t.a', 'table public.t']);
        expect(facts.right.all().map(({ kind, name }) => `${kind} ${name}`)).toEqual(['column public.t."B c"', 'column public.t.a', 'table public.t']);
        expect(Object.fromEntries(facts.right.get('table', 'public.t')?.properties ?? [])).toMatchObject({
          persistence: 'logged',
          'column order': 'a, "B c"',
          'parameter fillfactor': '70',
        });
        expect(facts).toMatchObject({ objectsCompared: 6, kinds: { column: 4, table: 2 }, unread: [] });
        expect(facts.leftFingerprint).not.toBe(facts.rightFingerprint);
      });
      expect((await extractAllFacts(left)).get('column', 'public.same.b')?.properties.get('default')).toBe('1');
    });
  });
});
