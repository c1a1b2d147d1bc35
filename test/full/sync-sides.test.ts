import { expect, test } from 'vitest';
import { stampStaging } from '../../src/rehearsal/sync/stamp-staging.ts';
import { sync } from '../../src/rehearsal/sync/sync.ts';
import { withDatabase } from '../support/databases.ts';
import { ask, withOwnServer } from '../support/own-server.ts';
import { startSshd } from '../support/sshd.ts';
import { primaryAccess, withStandby } from '../support/standby.ts';
import { withTransactionPooler } from '../support/transaction-pooler.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';
import { withContext } from '../support/with-context.ts';
import { syncOnce, syncSettings, urlOf } from '../sync/sync-stage.ts';

const unmasked = { settings: { masking: undefined } };
type Synced = Awaited<ReturnType<typeof syncOnce>>;
const failureOf = ({ events }: Synced) => events.find((event) => event.type === 'failure')?.failure;
const endOf = (synced: Synced) => [synced.result.verdict.kind, synced.result.exitCode, failureOf(synced)?.code];
const table = 'create table t (id int primary key, v text)';
const rows = `${table}; insert into t values (1, 'p'); analyze`;

test.each([[[]], [['ignore_startup_parameters = options']]])(
  'PgBouncer in transaction mode before either side is refused before a setting stays in its sessions (%j)',
  async (lines) => {
    await withDatabase(15, rows, async (there) => {
      await withDatabase(18, `${table}; insert into t values (1, 'old')`, async (here, run) => {
        expect(endOf(await syncOnce(there, here, { ...unmasked, tables: ['t'] }))).toEqual(['PASS', 0, undefined]);
        await run("update t set v = 'old'");
        for (const side of ['production', 'staging'] as const) {
          await withTransactionPooler(side === 'production' ? there : here, lines, async (pooled) => {
            const [from, to] = side === 'production' ? [pooled, here] : [there, pooled];
            const refused = await syncOnce(from, to, { ...unmasked, stamps: false });
            expect([side, ...endOf(refused)]).toEqual([side, 'INCONCLUSIVE', 4, 'source-unreachable']);
            expect(failureOf(refused)?.message).toContain('a connection pooler is in between');
            const settings =
              "select current_setting('search_path') as path, current_setting('row_security') as rls, current_setting('default_transaction_read_only') as ro";
            expect([side, await ask(pooled, settings)]).toEqual([side, [{ path: '"$user", public', rls: 'on', ro: 'off' }]]);
          });
        }
        expect((await run('select v from t')).rows).toEqual([{ v: 'old' }]);
      });
    });
  },
);

test('staging is never production, its primary or its replica; a copy of its files only when attested', async () => {
  await withOwnServer(15, { hba: primaryAccess, settings: { wal_level: 'replica', max_wal_senders: '4' } }, async ({ tcp: primary }) => {
    await ask(primary, `create database app`);
    const production = { ...primary, database: 'app' };
    await ask(production, rows);
    const [identity] = await ask(production, 'select system_identifier::text as "systemIdentifier" from pg_control_system()');
    const staging = {
      identity: { database: 'app', systemIdentifier: String(identity?.systemIdentifier) },
      allowPhysicalCopy: { reason: 'restored from a snapshot' },
    };
    await withStandby(production, {}, async (replica) => {
      const attempt = async (from: typeof production, to: typeof production, more: object = {}, productionMore: object = {}) => {
        const synced = await syncOnce(from, to, {
          ...unmasked,
          stamps: false,
          sync: { production: { url: urlOf(from), allowPrimary: true, ...productionMore }, staging: { url: urlOf(to), ...staging, ...more } },
        });
        expect(await ask(production, 'select v from t')).toEqual([{ v: 'p' }]);
        const { code, message = '' } = failureOf(synced) ?? {};
        return [synced.result.verdict.kind, code, /\) (.*?)[;.:]/.exec(message)?.[1]];
      };
      const refused = (what: string) => ['INCONCLUSIVE', 'target-is-source', what];
      const named = { primary: { url: urlOf(production) } };
      expect(await attempt(production, production)).toEqual(refused('leads to production’s very database'));
      expect(await attempt(replica, production)).toEqual(
        refused('has production’s system identifier, and production is read from a standby, whose primary it may be'),
      );
      expect(await attempt(replica, production, {}, named)).toEqual(refused('is production’s primary'));
      expect(await attempt(replica, production, {}, { primary: { url: urlOf(replica) } })).toEqual(refused('is named as production’s primary, and is not'));
      expect(await attempt(replica, production, { allowPhysicalCopy: undefined }, named)).toEqual(refused('has production’s system identifier'));
      for (const from of [production, replica])
        expect(await attempt(from, replica)).toEqual(['INCONCLUSIVE', 'staging-unproven', 'is a standby, which takes no rows']);

      // By hand, or because production was once restored from staging's files: what is asked live isn't changed by it.
      const [own] = await ask(production, "select oid from pg_database where datname = 'app'");
      const forged = `pgrehearse sync: this database is staging (${identity?.systemIdentifier}/${own?.oid}/app)`;
      await ask(production, `create schema pgrehearse_staging; comment on schema pgrehearse_staging is '${forged}'`);
      await untilTrue('the replica has it', async () => (await ask(replica, "select from pg_namespace where nspname = 'pgrehearse_staging'")).length === 1);
      for (const from of [production, replica])
        expect(await attempt(from, production, { identity: undefined }, named)).toEqual([
          'INCONCLUSIVE',
          'sync-wrong-side',
          'has the stamp of a staging database',
        ]);
      await ask(production, 'drop schema pgrehearse_staging');

      await withStandby(production, {}, async (copy) => {
        await ask(copy, 'select pg_promote()');
        await ask(copy, "update t set v = 'old'");
        expect(await attempt(production, copy, { allowPhysicalCopy: undefined })).toEqual(refused('has production’s system identifier'));
        expect(await attempt(replica, copy)).toEqual(
          refused('has production’s system identifier, and production is read from a standby, whose primary it may be'),
        );
        expect(await ask(copy, 'select v from t')).toEqual([{ v: 'old' }]);
        for (const from of [replica, production]) {
          expect(await attempt(from, copy, {}, from === replica ? named : {})).toEqual(['PASS', undefined, undefined]);
          expect(await ask(copy, 'select v from t')).toEqual([{ v: 'p' }]);
          await ask(copy, "update t set v = 'old'");
        }
      });
    });
  });
});

test('both sides behind tunnels: rows, migration and every look go through them', async () => {
  await using sshd = await startSshd();
  const tunnel = { ssh: { host: 'bastion', configFile: sshd.configFile('ssh') } };
  await withDatabase(15, rows, async (there) => {
    await withDatabase(18, table, async (here, run) => {
      const databases = { production: { url: urlOf(there), allowPrimary: true, tunnel }, staging: { url: urlOf(here), tunnel } };
      const settings = syncSettings(there, here, {
        ...unmasked,
        sync: { ...databases, after: { migrate: { command: ['psql', '-qc', 'create table migrated ()'] } } },
      });
      await withContext(async (context) => {
        unwrap(await stampStaging(context, { settings, folder: context.root }));
        const result = unwrap(await sync(context, { settings, folder: context.root, toolVersion: '0.0.0' }));
        expect([result.verdict.kind, result.exitCode]).toEqual(['PASS', 0]);
        const opened = context.events.filter((event) => event.type === 'tunnel' && event.what === 'opened');
        expect(opened).toHaveLength(4);
      });
      expect((await run("select v, to_regclass('migrated') is not null as migrated from t")).rows).toEqual([{ v: 'p', migrated: true }]);
    });
  });
});
