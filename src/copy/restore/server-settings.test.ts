import { expect, test } from 'vitest';
import { ask, withOwnServer } from '../../../test/support/own-server.ts';
import { withSession } from '../../../test/support/session.ts';
import { withContext } from '../../../test/support/with-context.ts';
import { chooseBuild } from '../../cluster/choose-build.ts';
import { startClone } from '../../cluster/clone.ts';
import { makeImage } from '../../cluster/image.ts';
import { removeImage } from '../../cluster/remove-image.ts';
import { ok, type Result } from '../../core/result.ts';
import { openUrl } from '../../source/url.ts';
import { copyDatabase } from '../copy-database.ts';
import { collationNotes } from './collation-notes.ts';
import { compareServerSettings } from './server-settings.ts';

const unwrap = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
};

const production = {
  timezone: 'Pacific/Auckland',
  datestyle: 'German',
  intervalstyle: 'iso_8601',
  default_text_search_config: 'pg_catalog.german',
  bytea_output: 'escape',
  extra_float_digits: '0',
  xmloption: 'document',
  statement_timeout: '7s',
  lock_timeout: '6s',
  password_encryption: 'md5',
  max_prepared_transactions: '20',
  default_transaction_isolation: 'repeatable read',
  search_path: '"$user", "App; x", public',
  shared_preload_libraries: 'auto_explain',
  'plpgsql.variable_conflict': 'use_column',
  'app.tenant': "it's 7",
  'app.api_secret': 'of production',
  work_mem: '77MB',
};

const names = Object.keys(production);
const shown = `select name, setting from pg_settings where name = any ('{${names.join(',')}}') or lower(name) in ('timezone', 'datestyle', 'intervalstyle') order by lower(name) collate "C"`;

test('a clone behaves as production’s server is set; our own sessions keep their limits, and secrets stay behind', async () => {
  await withOwnServer(15, { hba: ['host all all 127.0.0.1/32 trust'], settings: production }, async ({ tcp }) => {
    await ask(tcp, `create role app login; create table t (a text); alter database postgres set lock_timeout = '9s'`);
    const expected = (await ask({ ...tcp, user: 'app' }, shown)).filter(({ name }) => name !== 'app.api_secret' && name !== 'work_mem');
    expect(expected).toContainEqual({ name: 'TimeZone', setting: 'Pacific/Auckland' });
    await withContext(async (context) => {
      await using source = unwrap(await openUrl(context, { url: `postgres://postgres@127.0.0.1:${tcp.port}/postgres`, allowPrimary: true }));
      expect(JSON.stringify(source.facts)).not.toContain('of production');
      expect(source.facts.serverSettings).not.toContainEqual(expect.stringContaining('lock_timeout'));
      const build = unwrap(await chooseBuild(context, { major: 15, extensions: [], languages: [], features: [] }));
      const image = unwrap(
        await makeImage(context, {
          build,
          label: 'settings',
          database: 'app',
          locale: source.facts.locale,
          load: async (admin) => {
            const copied = unwrap(await copyDatabase(context, source, admin, { server: 'ours' }));
            expect(copied.report.losses).toEqual([]);
            return ok({ dataAsOf: source.facts.dataAsOf });
          },
        }),
      );
      {
        await using clone = unwrap(await startClone(context, image, { label: 'one' }));
        await using admin = unwrap(await context.edge.postgres.connect(clone.admin));
        // A new password is md5's, as in production; ours isn't, or nobody would have got in.
        await admin.execute("set password_encryption = 'scram-sha-256'; alter role app login password 'app'");
        const { Secret } = await import('../../core/secret.ts');
        await using app = unwrap(await context.edge.postgres.connect({ ...clone.admin, user: 'app', password: new Secret('app') }));
        const there = await app.query<{ name: string }>(shown);
        expect(there.filter(({ name }) => name !== 'work_mem')).toEqual(expected);
        expect(await app.query("select current_setting('app.api_secret', true) as secret, current_setting('lock_timeout') as own")).toEqual([
          { secret: null, own: '9s' },
        ]);
        expect(await admin.query("select current_setting('statement_timeout') as timeout, current_setting('password_encryption') as encryption")).toEqual([
          { timeout: '0', encryption: 'scram-sha-256' },
        ]);
      }
      unwrap(await removeImage(context, image));
    });
  });
});

test('on a server of others nothing is set, and every difference is told; so is each collation of another version', async () => {
  await withSession(15, '', async (session) => {
    const facts = { serverSettings: ['TimeZone=Europe/Rome', 'max_prepared_transactions=10', 'app.tenant=7'] };
    expect(await compareServerSettings(session, facts)).toEqual([
      expect.stringMatching(/^setting TimeZone is Europe\/Rome on production's server, and \S+ here$/),
      "setting app.tenant is 7 on production's server, and unknown here",
    ]);
    const locale = { encoding: 'UTF8', collate: 'de_DE', ctype: 'de_DE', provider: 'libc' as const };
    const [icu] = await session.query<{ name: string; version: string }>(
      `select format('%I.%I', n.nspname, c.collname) as name, pg_collation_actual_version(c.oid) as version from pg_collation c join pg_namespace n on n.oid = c.collnamespace where c.collname = 'de-x-icu'`,
    );
    if (icu === undefined) throw new Error('no ICU');
    expect(await collationNotes(session, { locale, collationVersions: { [icu.name]: icu.version } })).toEqual([]);
    expect(await collationNotes(session, { locale, collationVersions: { default: '2.28', [icu.name]: '999.1' } })).toEqual([
      expect.stringMatching(/^the database's own collation \(de_DE\) sorts by version 2.28 in production and by \S+ in the copy/),
      expect.stringMatching(/^collation pg_catalog."de-x-icu" sorts by version 999.1 in production and by \d/),
    ]);
  });
});
