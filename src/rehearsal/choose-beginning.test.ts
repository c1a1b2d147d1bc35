import { appendFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ask, withOwnServer } from '../../test/support/own-server.ts';
import { withFolder } from '../../test/support/temporary-folder.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import { withContext } from '../../test/support/with-context.ts';
import { listImages } from '../cluster/image.ts';
import { localHost } from '../cluster/local-host.ts';
import { removeImage } from '../cluster/remove-image.ts';
import { type SettingsInput, settingsSchema } from '../config/schema.ts';
import type { Event } from '../core/event.ts';
import type { Context } from '../core/ports.ts';
import { chooseBeginning } from './choose-beginning.ts';
import { buildForSource, imageOfSource } from './load/image-of-source.ts';
import type { RehearseRequest } from './request.ts';

const rest = {
  migrate: { tool: 'sql-files', folder: 'm', layout: 'flat', ledger: { table: 'public.done', column: 'version' } },
  baseline: { mode: 'init-then-migrations' },
} as const;

function request(source: SettingsInput['source'], folder: string, more: Partial<SettingsInput> = {}, fresh = false): RehearseRequest {
  return { settings: settingsSchema.parse({ source, ...rest, ...more }), folder, toolVersion: '0', fresh };
}

const later = (context: Context, hours: number): Context => ({ ...context, now: () => new Date(Date.now() + hours * 3_600_000) });

/** Makes an image as `run` does with image.keepHours, kept for 100 hours. */
async function keepImage(context: Context, wanted: RehearseRequest): Promise<void> {
  const keeping = { ...wanted.settings, image: { ...wanted.settings.image, keepHours: 100 } };
  const { source, origin, facts } = unwrap(await chooseBeginning(context, { ...wanted, settings: keeping, fresh: true }));
  if (source === undefined || origin === undefined) throw new Error('nothing to copy');
  await using open = source;
  const build = unwrap(await buildForSource(context, facts, undefined, 'provision'));
  const expiresAt = new Date(Date.now() + 100 * 3_600_000).toISOString();
  const host = localHost(build, { keep: { origin, expiresAt } });
  unwrap(
    await imageOfSource(context, open, (image) => host.makeImage(context, { ...image, label: 'kept' }), 'provision', undefined, {
      migrate: wanted.settings.migrate,
    }),
  );
}

/** What a run would start from, in a word or by what it says; its source is closed again. */
async function beginning(context: Context & { readonly events: Event[] }, wanted: RehearseRequest): Promise<string> {
  context.events.length = 0;
  const chosen = await chooseBeginning(context, wanted);
  if (!chosen.ok) return chosen.failure.code;
  const { source, known } = chosen.value;
  await source?.[Symbol.asyncDispose]();
  const said = context.events.flatMap((event) => (event.type === 'step' ? [event.text] : [])).join(' ');
  if (known !== undefined) return source === undefined ? 'image' : 'image, with the source at hand';
  return /not used again: (.*)\.$/.exec(said)?.[1] ?? 'copy';
}

const production = `create role migrator; create table done (version text primary key); insert into done values ('0001');
create table t (a int primary key, b text); insert into t values (1, 'x')`;

test('an image of a live source is used while it shows what production is, and young enough', async () => {
  await withOwnServer(18, { hba: ['host all all 127.0.0.1/32 trust'] }, async (server) => {
    await withContext(async (context) => {
      await ask(server.admin, production);
      const { host, port } = server.tcp;
      const live = { url: `postgres://postgres@${host}:${port}/postgres?sslmode=disable`, allowPrimary: true };
      const wanted = request(live, '/');
      expect(await beginning(context, wanted)).toBe('copy');
      await keepImage(context, wanted);
      const { known, facts, source } = unwrap(await chooseBeginning(context, wanted));
      await source?.[Symbol.asyncDispose]();
      expect(known?.memo.copied.report).toMatchObject({ rows: 2, losses: [] });
      expect(known?.memo.copied.sourceSchemaText).toContain('CREATE TABLE public.t');
      expect(facts.dataAsOf).toBe(known?.image.dataAsOf);

      expect(await beginning(context, request(live, '/', {}, true))).toBe('copy');
      expect(await beginning(context, request(live, '/', { image: { reuse: false } }))).toBe('copy');
      expect(await beginning(context, request(live, '/', { data: { parity: 'content' } }))).toContain('not hashed when it was made');
      // Masked data is another image's.
      expect(await beginning(context, request(live, '/', { masking: { columns: { 'public.t.b': 'null' } } }))).toBe('copy');
      const aged = { ...later(context, 25), events: context.events };
      expect(await beginning(aged, wanted)).toBe('its data is older than the 24 h that image.maxAgeHours allows');
      expect(await beginning(aged, request(live, '/', { image: { maxAgeHours: 26 } }))).toBe('image, with the source at hand');

      const whileIt = async (change: string, undo: string) => {
        await ask(server.admin, change);
        const said = await beginning(context, wanted);
        await ask(server.admin, undo);
        return said;
      };
      expect(await whileIt("insert into done values ('0002')", "delete from done where version = '0002'")).toBe(
        'production’s list of applied migrations has changed since',
      );
      expect(await whileIt('create index added on t (b)', 'drop index added')).toBe('production’s schema has changed since');
      expect(await whileIt('alter role migrator bypassrls', 'alter role migrator nobypassrls')).toBe('production has changed since (roles)');

      server.kill('SIGKILL');
      expect(await beginning(context, wanted)).toBe('image');
      expect(await beginning(aged, wanted)).toBe('source-unreachable');
      const strict = request(live, '/', { image: { maxAgeHours: 12 } });
      expect(await chooseBeginning(aged, strict)).toMatchObject({
        ok: false,
        failure: {
          code: 'image-too-old',
          problems: [{ code: 'source-unreachable' }],
          message: expect.stringContaining('is 25 h old, image.maxAgeHours allows 12'),
        },
      });

      const [listed] = await listImages(context);
      if (listed === undefined) throw new Error('no image');
      await appendFile(join(dirname(listed.image.dataFolder), 'memo.json'), ' ');
      // With the report of its copy altered, nothing could be judged by it.
      expect(await beginning(context, wanted)).toBe('source-unreachable');
      unwrap(await removeImage(context, listed.image));
    });
  });
});

test('an image of a dump is used for that very dump, which may be older than a day', async () => {
  await withContext(async (context) => {
    await withFolder({ 'prod.sql': 'create table public.t (a int);\n', 'other.sql': 'create table public.u (a int);\n' }, async (folder) => {
      const wanted = request({ dump: 'prod.sql' }, folder);
      await keepImage(context, wanted);
      expect(await beginning(context, wanted)).toBe('image');
      expect(await beginning({ ...later(context, 90), events: context.events }, wanted)).toBe('image');
      expect(await beginning(context, request({ dump: 'other.sql' }, folder))).toBe('copy');
      const strict = request({ dump: 'prod.sql' }, folder, { image: { maxAgeHours: 12 } });
      expect(await beginning(context, strict)).toBe('image');
      expect(await beginning({ ...later(context, 13), events: context.events }, strict)).toBe('image-too-old');
      await appendFile(join(folder, 'prod.sql'), 'create table public.added (a int);\n');
      expect(await beginning(context, wanted)).toBe('copy');
      for (const { image } of await listImages(context)) unwrap(await removeImage(context, image));
    });
  });
});
