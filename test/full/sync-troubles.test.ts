import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { stampStaging } from '../../src/rehearsal/sync/stamp-staging.ts';
import { sync } from '../../src/rehearsal/sync/sync.ts';
import { withDatabase } from '../support/databases.ts';
import { Disk } from '../support/disks.ts';
import { serverIds } from '../support/empty-cluster.ts';
import { ask, withOwnServer } from '../support/own-server.ts';
import { runCli } from '../support/run-cli.ts';
import { withMoments } from '../support/sync-moments.ts';
import { makeFolder, withFolder } from '../support/temporary-folder.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';
import { syncOnce, syncSettings, urlOf } from '../sync/sync-stage.ts';

const unmasked = { settings: { masking: undefined } };
type Synced = Awaited<ReturnType<typeof syncOnce>>;
const toldOf = ({ tables }: Synced) =>
  [...tables.values()].map(({ table, outcome, holds, sqlstate }) =>
    [table.replace('public.', ''), outcome, holds, sqlstate].filter((one) => one !== undefined).join(' '),
  );
const endOf = ({ result }: Synced) => [result.verdict.kind, result.exitCode];
const trusted = { hba: ['host all all 127.0.0.1/32 trust'] };

const two = 'create table big (id int primary key, v text); create table little (id int primary key, v text)';
const wide = `${two}; insert into big select n, repeat('p', 700) from generate_series(1, 30000) n; insert into little values (1, 'p'); analyze`;

test('a disk of staging that is full: the table keeps its rows, the others come, and once there is room all of it does', async () => {
  await withDatabase(15, wide, async (there) => {
    using disk = new Disk('ext4', 16);
    const space = join(disk.folder, 'space');
    mkdirSync(space, { mode: 0o700 });
    if (serverIds.uid !== undefined && serverIds.gid !== undefined) chownSync(space, serverIds.uid, serverIds.gid);
    await withOwnServer(18, trusted, async ({ tcp }) => {
      // Of its own: a tablespace can't be made with anything else.
      await ask(tcp, `create tablespace small location '${space}'`);
      await ask(tcp, `${two}; alter table big set tablespace small; insert into big values (7, 'old'); insert into little values (7, 'old')`);
      const full = await syncOnce(there, tcp, unmasked);
      expect([...endOf(full), ...toldOf(full)]).toEqual(['BLOCKER', 1, 'big failed 1 53100', 'little synced 1']);
      expect(full.result.verdict).toMatchObject({ rootCause: 'environment' });
      expect(full.tables.get('public.big')?.cure).toContain('Make room on staging’s disk');
      expect(await ask(tcp, 'select id, v from big')).toEqual([{ id: 7, v: 'old' }]);
      await ask(tcp, 'alter table big set tablespace pg_default');
      await ask(tcp, 'drop tablespace small');
      const again = await syncOnce(there, tcp, unmasked);
      expect([...endOf(again), ...toldOf(again)]).toEqual(['PASS', 0, 'big synced 30000', 'little synced 1']);
    });
  });
});

test('an event trigger of staging that forbids what a sync alters: its table fails by it and is as it was', async () => {
  const owner = `owner_${randomBytes(4).toString('hex')}`;
  const tables = 'create table plain (id int primary key, v text); create table noted (id int primary key, v text)';
  await withDatabase(15, `${tables}; insert into plain values (1, 'p'); insert into noted values (1, 'p'); analyze`, async (there) => {
    await withDatabase(18, '', async (admin, run) => {
      await run(`create role ${owner} login; alter database ${admin.database} owner to ${owner}; grant create on schema public to ${owner}; set role ${owner}; ${tables};
        insert into noted values (7, 'old'); create function spoil() returns trigger language plpgsql as $$ begin new.v := 'spoilt'; return new; end $$;
        create trigger spoil before insert on noted for each row execute function spoil(); reset role;
        create function forbid() returns event_trigger language plpgsql as $$ begin raise 'nobody alters tables here'; end $$;
        create event trigger forbid on ddl_command_end when tag in ('ALTER TABLE') execute function forbid()`);
      try {
        const forbidden = await syncOnce(there, { ...admin, user: owner }, unmasked);
        expect([...endOf(forbidden), ...toldOf(forbidden)]).toEqual(['BLOCKER', 1, 'noted failed 1 P0001', 'plain synced 1']);
        expect(forbidden.tables.get('public.noted')?.reason).toBe('staging answered P0001: nobody alters tables here');
        expect((await run("select v, (select tgenabled::text from pg_trigger where tgname = 'spoil') as enabled from noted")).rows).toEqual([
          { v: 'old', enabled: 'O' },
        ]);
        // Whoever may silence triggers alters nothing.
        expect(endOf(await syncOnce(there, admin, unmasked))).toEqual(['PASS', 0]);
        expect((await run('select v from noted')).rows).toEqual([{ v: 'p' }]);
      } finally {
        await run(`drop event trigger forbid; reassign owned by ${owner} to postgres; drop owned by ${owner}; drop role ${owner}`);
      }
    });
  });
});

test('policies of production that hide rows from the role that reads: refused, and the rows that it sees don’t come', async () => {
  const reader = `reader_${randomBytes(4).toString('hex')}`;
  const tables =
    'create table open_to_all (id int primary key, v text); create table tenants (id int primary key, v text); create table forced (id int primary key, v text)';
  const rows = `insert into open_to_all values (1, 'p'); insert into tenants values (1, 'seen'), (2, 'hidden'); insert into forced values (1, 'seen'), (2, 'hidden')`;
  await withDatabase(15, `${tables}; ${rows}; analyze`, async (there, runThere) => {
    await runThere(`create role ${reader} login; grant select on all tables in schema public to ${reader}; alter table forced owner to ${reader};
      alter table tenants enable row level security; create policy p on tenants using (v = 'seen');
      alter table forced enable row level security; alter table forced force row level security; create policy p on forced using (v = 'seen')`);
    try {
      await withDatabase(18, `${tables}; insert into tenants values (7, 'old'); insert into forced values (7, 'old')`, async (here, run) => {
        const hidden = await syncOnce({ ...there, user: reader }, here, unmasked);
        expect([...endOf(hidden), ...toldOf(hidden)]).toEqual(['BLOCKER', 1, 'forced refused 1 42501', 'open_to_all synced 1', 'tenants refused 1 42501']);
        expect(hidden.tables.get('public.tenants')?.reason).toBe('row level security would hide rows of production from this role');
        expect((await run('select v from tenants union all select v from forced')).rows).toEqual([{ v: 'old' }, { v: 'old' }]);
        await runThere(`alter role ${reader} bypassrls`);
        const all = await syncOnce({ ...there, user: reader }, here, unmasked);
        expect([...endOf(all), ...toldOf(all)]).toEqual(['PASS', 0, 'forced synced 2', 'open_to_all synced 1', 'tenants synced 2']);
      });
    } finally {
      await runThere(`reassign owned by ${reader} to postgres; drop owned by ${reader}; drop role ${reader}`);
    }
  });
});

test('a production without one row, of which its statistics know nothing either, empties nothing', async () => {
  await withDatabase(15, `${two}; select pg_stat_reset()`, async (there, runThere) => {
    await withDatabase(18, `${two}; insert into big values (7, 'old'); insert into little values (7, 'old')`, async (here) => {
      const empty = await syncOnce(there, here, unmasked);
      expect([...endOf(empty), ...toldOf(empty)]).toEqual(['BLOCKER', 1, 'big refused 1', 'little refused 1']);
      expect(empty.tables.get('public.big')?.reason).toBe('production’s table reads as empty, as do all others that would be synced');
      // One that has rows shows that this is the right database.
      await runThere("insert into little values (1, 'p')");
      const one = await syncOnce(there, here, unmasked);
      expect([...endOf(one), ...toldOf(one)]).toEqual(['PASS', 0, 'big synced 0', 'little synced 1']);
    });
  });
});

test('a production whose server is restarted in the middle: never a PASS, no table of another instant; run again, all comes', async () => {
  await withOwnServer(15, trusted, async ({ tcp: there, kill, restart }) => {
    await ask(there, wide);
    await withDatabase(18, `${two}; insert into big values (7, 'old'); insert into little values (7, 'old')`, async (here, run) => {
      await withFolder({}, async (folder) => {
        const settings = syncSettings(there, here, { ...unmasked, sync: { tables: { parity: 'counts' } } });
        unwrap(await stampStaging(testContext(), { settings, folder }));
        let restarted: Promise<void> | undefined;
        const context = withMoments(testContext(), (what) => {
          if (restarted !== undefined || !what.startsWith('rows of ')) return;
          // At once, as an administrator does it.
          kill('SIGINT');
          restarted = restart();
        });
        const ended = unwrap(await sync(context, { settings, folder, toolVersion: '0.0.0' }));
        expect(restarted).toBeDefined();
        await restarted;
        expect(ended.verdict.kind).not.toBe('PASS');
        expect(ended.exitCode).toBeGreaterThan(0);
        expect((await run('select count(*)::int as n, min(id) as id from big')).rows).toEqual([{ n: 1, id: 7 }]);
        const again = unwrap(await sync(testContext(), { settings, folder, toolVersion: '0.0.0' }));
        expect([again.verdict.kind, again.exitCode]).toEqual(['PASS', 0]);
        expect((await run('select count(*)::int as n from big')).rows).toEqual([{ n: 30_000 }]);
      });
    });
  });
});

test('Ctrl-C: exit code 130, what staging holds table by table, and no session of ours', async () => {
  const folder = makeFolder('pgr-sync-');
  chmodSync(folder, 0o755);
  await withDatabase(15, wide, async (there) => {
    await withDatabase(18, `${two}; insert into big values (7, 'old'); insert into little values (7, 'old')`, async (here, run) => {
      mkdirSync(join(folder, 'migrations'));
      const sides = { production: { url: urlOf(there), allowPrimary: true }, staging: { url: urlOf(here), lockTimeoutSeconds: 300 } };
      const project = {
        source: sides.production,
        migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat' },
        baseline: { mode: 'init-then-migrations' },
      };
      writeFileSync(join(folder, 'pgrehearse.config.json'), JSON.stringify({ ...project, sync: sides }));
      const options = { cwd: folder, env: { PGREHEARSE_HOME: join(folder, 'home') } };
      const stamped = await runCli(['sync', '--stamp'], options);
      expect([stamped.exitCode, stamped.stderr]).toEqual([0, expect.any(String)]);
      const holder = new pg.Client({ connectionString: urlOf(here) });
      await holder.connect();
      await holder.query('begin; lock table little in share row exclusive mode');
      const ours = "select from pg_stat_activity where application_name like 'pgrehearse%' and datname = current_database()";
      const interrupted = await runCli(['sync', '--yes', '--jobs', '1'], {
        ...options,
        during: (child) =>
          void untilTrue('it waits for the table', async () => (await run(`${ours} and wait_event_type = 'Lock'`)).rowCount === 1).then(() =>
            child.kill('SIGINT'),
          ),
      });
      await holder.end();
      const told = interrupted.stdout + interrupted.stderr;
      expect(interrupted.exitCode, told).toBe(130);
      expect(told).toMatch(/public\.big +synced .*30,000/);
      expect(told).toMatch(/public\.little +not reached +1\b/);
      await untilTrue('its sessions are gone', async () => (await run(ours)).rowCount === 0);
      expect((await run('select v from little')).rows).toEqual([{ v: 'old' }]);
      const again = await runCli(['sync', '--yes'], options);
      expect(again.exitCode, again.stdout + again.stderr).toBe(0);
    });
  });
  rmSync(folder, { recursive: true, force: true });
});
