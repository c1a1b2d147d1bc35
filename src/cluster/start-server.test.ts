import { readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fewOf } from '../../test/support/in-full.ts';
import { withContext } from '../../test/support/with-context.ts';
import type { Context, Ledger } from '../core/ports.ts';
import type { Address, LocaleSettings, ServerBuild } from '../core/server.ts';
import { findBuilds } from './find-builds.ts';
import { findProcesses } from './find-processes.ts';
import { startServer } from './start-server.ts';

const c: LocaleSettings = { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' };

async function embedded(context: Context, major: number): Promise<ServerBuild> {
  const build = (await findBuilds(context)).find((each) => each.kind === 'embedded' && each.major === major);
  if (build === undefined) throw new Error(`no embedded ${major}`);
  return build;
}

async function ask<Row>(context: Context, address: Address, sql: string): Promise<readonly Row[]> {
  const connected = await context.edge.postgres.connect(address);
  if (!connected.ok) throw new Error(connected.failure.message);
  await using session = connected.value;
  return await session.query<Row>(sql);
}

test.each([15, 18])('a server of major %i: its own superuser, safe settings, and nothing left afterwards', async (major) => {
  await withContext(async (context) => {
    const started = await startServer(context, { build: await embedded(context, major), label: 'scratch', locale: c, settings: { TimeZone: 'Asia/Tokyo' } });
    if (!started.ok) throw new Error(started.failure.message);
    const { server, losses } = started.value;
    expect(losses).toEqual([]);
    const [row] = await ask<Record<string, string>>(
      context,
      server.admin,
      `select current_user as me, current_setting('fsync') as fsync, current_setting('listen_addresses') as addresses, current_setting('timezone') as zone,
              current_setting('unix_socket_directories') as sockets, (select string_agg(rolname, ',') from pg_roles where rolname not like 'pg\\_%') as roles,
              current_setting('server_version_num')::int / 10000 as major`,
    );
    expect(row).toEqual({ me: 'pgrehearse_admin', fsync: 'off', addresses: '127.0.0.1', zone: 'Asia/Tokyo', sockets: '', roles: 'pgrehearse_admin', major });

    const { password: _, ...stranger } = server.admin;
    expect(await context.edge.postgres.connect(stranger)).toMatchObject({ ok: false, failure: { rootCause: 'authentication' } });
    const folder = join(server.dataFolder, '..');
    // The password file that initdb read is gone; what is left of the password only we can read.
    expect((await readdir(folder)).filter((name) => name.startsWith('initdb'))).toEqual([]);
    expect((await stat(join(folder, 'admin-password'))).mode & 0o077).toBe(0);
    expect((await stat(server.logFile)).mode & 0o077).toBe(0);
    expect((await context.ledger.list())[0]?.facts).toMatchObject({ pid: server.pid, port: server.admin.port, folder });

    expect(await started.value.remove()).toEqual({ ok: true, value: undefined });
    expect(await started.value.remove()).toEqual({ ok: true, value: undefined });
    expect(await findProcesses(context.edge.system, folder)).toEqual([]);
    expect(await readdir(context.home.data)).toEqual([]);
    expect(context.events.map((event) => (event.type === 'resource' ? event.what : event.type))).toEqual(['planned', 'made', 'removed']);
  });
});

/** Wanted, then what the server must have: collation of template1, and what is lost. */
const locales: readonly [string, number, LocaleSettings, { provider: string; collate: string; order: string; losses: readonly string[] }][] = [
  ['C.UTF-8 of libc', 15, { ...c, ctype: 'C.UTF-8' }, { provider: 'c', collate: 'C', order: 'B,a,ä', losses: [] }],
  ['ICU', 15, { ...c, provider: 'icu', providerLocale: 'de-DE' }, { provider: 'i', collate: 'C', order: 'a,ä,B', losses: [] }],
  ['ICU with rules', 18, { ...c, provider: 'icu', providerLocale: 'en-US', icuRules: '&B < a' }, { provider: 'i', collate: 'C', order: 'B,a,ä', losses: [] }],
  [
    'ICU beside a libc locale that is missing',
    18,
    { ...c, collate: 'xx_XX.UTF-8', ctype: 'xx_XX.UTF-8', provider: 'icu', providerLocale: 'de-DE' },
    { provider: 'i', collate: 'C', order: 'a,ä,B', losses: ['xx_XX.UTF-8'] },
  ],
  ['the builtin provider', 18, { ...c, provider: 'builtin', providerLocale: 'C.UTF-8' }, { provider: 'b', collate: 'C', order: 'B,a,ä', losses: [] }],
  [
    'a libc locale that is missing',
    18,
    { ...c, collate: 'xx_XX.UTF-8', ctype: 'xx_XX.UTF-8' },
    { provider: 'c', collate: 'C', order: 'B,a,ä', losses: ['xx_XX.UTF-8'] },
  ],
  [
    'an ICU locale that nobody has',
    18,
    { ...c, provider: 'icu', providerLocale: 'xx-YY' },
    { provider: 'c', collate: 'C', order: 'B,a,ä', losses: ['icu xx-YY (C)'] },
  ],
  ['another encoding', 15, { ...c, encoding: 'LATIN1' }, { provider: 'c', collate: 'C', order: 'B,a,ä', losses: [] }],
];

/** A provider with rules of its own, two that have to be replaced, and an encoding. */
const few = ['ICU with rules', 'ICU beside a libc locale that is missing', 'an ICU locale that nobody has', 'another encoding'];

test.each(fewOf(locales, ([name]) => few.includes(name)))('%s (%i)', async (_, major, locale, wanted) => {
  await withContext(async (context) => {
    const started = await startServer(context, { build: await embedded(context, major), label: 'locale', locale });
    if (!started.ok) throw new Error(started.failure.message);
    await using server = started.value;
    const [row] = await ask<Record<string, string>>(
      context,
      server.server.admin,
      `select datlocprovider as provider, datcollate as collate, pg_encoding_to_char(encoding) as encoding,
              (select string_agg(x, ',' order by x) from unnest(array['B', 'a', 'ä']) as x) as "order" from pg_database where datname = 'template0'`,
    );
    const { losses, ...facts } = wanted;
    expect(row).toEqual({ ...facts, encoding: locale.encoding });
    expect(server.losses.map(({ object }) => object.name)).toEqual(losses);
  });
});

test('a port that is taken is named; without a wish another one is found', async () => {
  await withContext(async (context) => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const build = await embedded(context, 18);
    expect(await startServer(context, { build, label: 'taken', locale: c, port })).toMatchObject({
      ok: false,
      failure: { code: 'port-in-use', object: String(port) },
    });

    // What another program does between our finding a port and binding it.
    const offers = [port, port];
    const system = { ...context.edge.system, freePort: async () => offers.pop() ?? (await context.edge.system.freePort()) };
    const started = await startServer({ ...context, edge: { ...context.edge, system } }, { build, label: 'unlucky', locale: c });
    expect(started).toMatchObject({ ok: true });
    if (started.ok) await started.value.remove();
    expect(offers).toEqual([]);
    blocker.close();
  });
});

test('a server that does not start says why, and leaves nothing', async () => {
  await withContext(async (context) => {
    const build = await embedded(context, 18);
    const refused = await startServer(context, { build, label: 'broken', locale: c, settings: { shared_preload_libraries: 'no_such_library' } });
    expect(refused).toMatchObject({ ok: false, failure: { code: 'server-start-failed' } });
    expect(refused.ok ? '' : refused.failure.message).toContain('no_such_library');
    expect(await readdir(context.home.data)).toEqual([]);
  });
});

test.each(['during initdb', 'when the server is starting'])('an abort %s ends what was begun', async (when) => {
  const stop = new AbortController();
  await withContext(async (context) => {
    if (when === 'during initdb') setTimeout(() => stop.abort(), 300);
    const amend: Ledger['amend'] = async (id, change) => {
      if (change.facts?.pid !== undefined) stop.abort();
      return await context.ledger.amend(id, change);
    };
    const started = await startServer(
      { ...context, ledger: { ...context.ledger, amend } },
      { build: await embedded(context, 18), label: 'stopped', locale: c },
    );
    expect(started).toMatchObject({ ok: false, failure: { code: 'interrupted' } });
    expect(await readdir(context.home.data)).toEqual([]);
    expect(await findProcesses(context.edge.system, context.home.data)).toEqual([]);
  }, stop.signal);
});
