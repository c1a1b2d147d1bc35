import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ask } from '../../../../test/support/own-server.ts';
import { withSession } from '../../../../test/support/session.ts';
import { testContext } from '../../../../test/support/test-context.ts';
import type { Session } from '../../../core/ports.ts';
import type { Address } from '../../../core/server.ts';
import { Restore } from '../restore.ts';
import { restorePostData } from '../restore-post-data.ts';

const slow = 'create function slow(a int) returns int language sql immutable as $$ select a from pg_catalog.pg_sleep(600) $$;';

async function attempt(session: Session, target: Address, statements: readonly string[], signal?: AbortSignal) {
  const restore = new Restore(session);
  const error: unknown = await restorePostData(testContext(signal), target, session, statements, {
    jobs: 2,
    restore,
    sizes: new Map([['public.big', 1e9]]),
  }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const running = await ask(target, "select pid from pg_stat_activity where datname = current_database() and application_name = 'pgrehearse load'");
  return { restore, error, running: running.length };
}

test.each([15, 18] as const)('PostgreSQL %i: a foreign key that production’s own rows break is a loss that names the key', async (major) => {
  const rows = `
    create table public.a (id int primary key); insert into public.a values (1), (2);
    create table public.b (a int, note text); insert into public.b values (1, 'x'), (33, 'y');
    create table public.parts (a int) partition by list (a); create table public.parts_1 partition of public.parts for values in (1, 44);
    insert into public.parts values (1), (44)`;
  await withSession(major, rows, async (session, target) => {
    const { restore, error } = await attempt(session, target, [
      'ALTER TABLE ONLY public.b ADD CONSTRAINT "b to a" FOREIGN KEY (a) REFERENCES public.a(id) ON DELETE CASCADE',
      `COMMENT ON CONSTRAINT "b to a" ON public.b IS 'kept'`,
      'ALTER TABLE public.parts ADD CONSTRAINT parts_to_a FOREIGN KEY (a) REFERENCES public.a(id)',
    ]);
    expect(error).toBeUndefined();
    expect(restore.losses.map(({ object, message, sqlstate }) => [object, message.replace(/.*(is missing|not valid)/, '$1'), sqlstate])).toEqual([
      [{ kind: 'constraint', name: '"b to a" on public.b' }, expect.stringMatching(/^not valid.*\(33\)/), '23503'],
      [{ kind: 'constraint', name: 'parts_to_a on public.parts' }, expect.stringMatching(major < 18 ? /^is missing.*\(44\)/ : /^not valid.*\(44\)/), '23503'],
    ]);
    expect(
      await ask(target, "select convalidated, confdeltype, obj_description(oid, 'pg_constraint') as comment from pg_constraint where conname = 'b to a'"),
    ).toEqual([{ convalidated: false, confdeltype: 'c', comment: 'kept' }]);
  });
});

test('statements that fail without harm don’t take others of their batch along, and are told in the dump’s order', async () => {
  const tables = 'create table public.t (a int); create table public.big (a int)';
  await withSession(15, tables, async (session, target) => {
    const { restore, error } = await attempt(session, target, [
      'CREATE TRIGGER kept BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()',
      'CREATE POLICY lost ON public.t USING (public.no_such_function())',
      'CREATE PUBLICATION lost FOR TABLE ONLY public.missing',
      'ALTER TABLE public.t ENABLE ROW LEVEL SECURITY',
      'CREATE INDEX later ON public.big (public.twice(a))',
      'CREATE FUNCTION public.twice(a int) RETURNS int LANGUAGE sql IMMUTABLE RETURN a * 2',
      'CREATE STATISTICS public.early ON a, (public.twice(a)) FROM public.t',
      'COMMENT ON TRIGGER kept ON public.t IS $$ok$$',
    ]);
    // CREATE INDEX stands before its function, as pg_dump never writes it: that is an error in any order.
    expect(error).toMatchObject({ failure: { code: 'restore-failed', object: 'later', sql: { sqlstate: '42883' } } });
    expect(restore.losses.map(({ object }) => object.name)).toEqual(['lost on public.t', 'lost']);
    expect(
      await ask(target, "select relrowsecurity, (select count(*)::int from pg_trigger where tgname = 'kept') as triggers from pg_class where relname = 't'"),
    ).toEqual([{ relrowsecurity: true, triggers: 1 }]);
  });
  await withSession(15, tables, async (session, target) => {
    const { restore, error } = await attempt(session, target, [
      'CREATE FUNCTION public.twice(a int) RETURNS int LANGUAGE sql IMMUTABLE RETURN a * 2',
      'CREATE INDEX later ON public.big (public.twice(a))',
      'CREATE STATISTICS public.early ON a, (public.twice(a)) FROM public.t',
    ]);
    expect(error).toBeUndefined();
    expect(restore.losses).toEqual([]);
    expect(
      await ask(target, "select count(*)::int as there from pg_class where relname = 'later' union all select count(*)::int from pg_statistic_ext order by 1"),
    ).toEqual([{ there: 1 }, { there: 1 }]);
  });
});

test('the first fatal error, a lost session and an interrupt end all workers at once', async () => {
  const rows = `${slow} create table public.big (a int); insert into public.big values (1), (1); create table public.other (a int); insert into public.other values (1)`;
  const builds = ['CREATE INDEX sleeps ON public.other (public.slow(a))', 'CREATE UNIQUE INDEX breaks ON public.big (a)'];
  await withSession(15, rows, async (session, target) => {
    const broken = await attempt(session, target, builds);
    expect(broken.error).toMatchObject({ failure: { code: 'restore-failed', object: 'breaks', sql: { sqlstate: '23505' } } });
    expect(broken.running).toBe(0);

    const ending = attempt(session, target, builds.slice(0, 1));
    await untilSleeping(target);
    await ask(
      target,
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%sleeps%' and pid <> pg_backend_pid()",
    );
    const lost = await ending;
    expect(lost.error).toMatchObject({ failure: { code: 'server-lost' } });
    expect(lost.running).toBe(0);

    const stop = new AbortController();
    const interrupting = attempt(session, target, builds.slice(0, 1), stop.signal);
    await untilSleeping(target);
    stop.abort();
    const interrupted = await interrupting;
    expect(interrupted.error).toBeDefined();
    expect(interrupted.running).toBe(0);
  });
});

async function untilSleeping(target: Address): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const rows = await ask(target, "select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'");
    if (rows.length > 0) return;
    await sleep(25);
  }
  throw new Error('the build that sleeps did not begin');
}
