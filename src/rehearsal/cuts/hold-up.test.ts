import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { endSession } from './end-session.ts';
import { holdUp } from './hold-up.ts';

const tables = `create table "It em" (id int, a int); create index by_a on "It em" (a);
create table p (a int) partition by range (a); create table p_1 partition of p for values from (0) to (10)`;

/** Statements that commit on their way, and what is half done then. */
const halfWay = [
  [
    'create index concurrently fresh on "It em" (a)',
    "select 1 from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname = 'fresh' and not i.indisvalid",
  ],
  ['reindex index concurrently by_a', "select 1 from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname like 'by_a_cc%'"],
  ['drop index concurrently by_a', "select 1 from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname = 'by_a' and not i.indisvalid"],
  ['alter table p detach partition p_1 concurrently', 'select 1 from pg_inherits where inhdetachpending'],
] as const;

test.each([15, 18] as const)('statements with CONCURRENTLY are held up half way, and ended there (PostgreSQL %i)', { timeout: 60_000 }, async (major) => {
  const context = testContext();
  await withSession(major, tables, async (admin, address) => {
    for (const [statement, halfDone] of halfWay) {
      await using session = unwrap(await context.edge.postgres.connect(address));
      {
        await using held = await holdUp(context, address, statement);
        expect(held.holds).toBe(true);
        let over = false;
        const running = session.execute(statement).finally(() => {
          over = true;
        });
        const ended = expect(running, statement).rejects.toThrow();
        expect(await held.until(admin, session.backendPid, () => over), statement).toBe(true);
        await endSession(admin, session.backendPid);
        await ended;
      }
      expect(await admin.query(halfDone), statement).toHaveLength(1);
    }
  });
});

test('what doesn’t stop half way is told; so is a statement that names nothing that is there', async () => {
  const context = testContext();
  await withSession(18, tables, async (admin, address) => {
    await using session = unwrap(await context.edge.postgres.connect(address));
    const statement = 'drop index concurrently if exists gone';
    await using held = await holdUp(context, address, statement);
    expect(held.holds).toBe(false);
    let over = false;
    await session.execute(statement).finally(() => {
      over = true;
    });
    expect(await held.until(admin, session.backendPid, () => over)).toBe(false);
    // Whoever is gone already is gone.
    await session.close();
    await endSession(admin, session.backendPid);
  });
});
