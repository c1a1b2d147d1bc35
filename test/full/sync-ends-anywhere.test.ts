import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type SettingsInput, settingsSchema } from '../../src/config/schema.ts';
import type { Context } from '../../src/core/ports.ts';
import type { Address } from '../../src/core/server.ts';
import { stampStaging } from '../../src/rehearsal/sync/stamp-staging.ts';
import { sync } from '../../src/rehearsal/sync/sync.ts';
import { bookMasks, bookProduction, bookStaging } from '../support/book-store/read-book-store.ts';
import { withDatabase } from '../support/databases.ts';
import { withMoments } from '../support/sync-moments.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';
import { urlOf } from '../sync/sync-stage.ts';

const tables = [
  ...['admin_config', 'alembic_version', 'analysis_jobs', 'api_keys', 'authors', 'binders', 'book_analyses', 'book_images', 'books'],
  ...['eval_price_history', 'eval_runbook_jobs', 'eval_runbooks', 'feature_flags', 'price_alerts', 'publishers', 'users'],
];

/** What staging holds: a line a table, then what a sync alters for a while. */
const content = [
  ...tables.map((table) => `select '${table}' as what, md5(coalesce(string_agg(r::text, e'\\n' order by r::text), '')) as is from (select * from ${table}) r`),
  `select 'keys', string_agg(conname || condeferrable::text || condeferred::text || convalidated::text, ',' order by conname) from pg_constraint where contype = 'f'`,
  `select 'triggers', string_agg(tgname || tgenabled::text, ',' order by tgname) from pg_trigger where not tgisinternal`,
].join(' union all ');

/** Not moved back by what is undone, and never behind the rows. */
const sequences = 'select schemaname, sequencename, last_value from pg_sequences order by 1, 2';

const always = "create function note() returns trigger language plpgsql as $$ begin raise 'no rows of others'; end $$";
const guarded = `${always}; create trigger note before insert on publishers for each row execute function note(); alter table publishers enable always trigger note`;

let folder: string;
beforeAll(() => {
  folder = makeFolder('pgr-sync-');
  vi.stubEnv('SYNC_TEST_SALT', 'one salt for all runs');
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const settingsFor = (production: Address, staging: Address): SettingsInput => ({
  source: { url: urlOf(production), allowPrimary: true },
  migrate: { tool: 'alembic' },
  baseline: { mode: 'init-then-migrations' },
  masking: { columns: bookMasks, saltVariable: 'SYNC_TEST_SALT' },
  sync: {
    production: { url: urlOf(production), allowPrimary: true },
    staging: { url: urlOf(staging) },
    neutralise: [{ table: 'price_alerts', sql: 'update public.price_alerts set active = false' }],
  },
});

async function syncOnce(context: Context, settings: SettingsInput) {
  return unwrap(await sync(context, { settings: settingsSchema.parse(settings), folder, toolVersion: '0.0.0' }));
}

interface Ended {
  readonly moments: readonly string[];
  readonly after: readonly unknown[];
  readonly sequences: readonly unknown[];
}

/** What one sync that nobody ends makes of staging, and the moments that it passes. */
async function undisturbed(production: Address): Promise<Ended> {
  return await withDatabase(18, `${bookStaging}; ${guarded}`, async (staging, run) => {
    const settings = settingsFor(production, staging);
    unwrap(await stampStaging(testContext(), { settings: settingsSchema.parse(settings), folder }));
    const moments: string[] = [];
    const ended = await syncOnce(
      withMoments(testContext(), (what) => void moments.push(what)),
      settings,
    );
    expect(ended.verdict.kind).toBe('PASS');
    return { moments, after: (await run(content)).rows, sequences: (await run(sequences)).rows };
  });
}

/** Ends one sync by `end`, looks at what staging then holds, and syncs again. */
async function endAndSyncAgain(production: Address, whole: Ended, end: (settings: SettingsInput, staging: Address) => Promise<string>): Promise<void> {
  await withDatabase(18, `${bookStaging}; ${guarded}`, async (staging, run) => {
    const settings = settingsFor(production, staging);
    unwrap(await stampStaging(testContext(), { settings: settingsSchema.parse(settings), folder }));
    const before = (await run(content)).rows;
    const where = await end(settings, staging);
    const ours = "select from pg_stat_activity where application_name like 'pgrehearse%' and datname = current_database()";
    await untilTrue('its sessions are gone', async () => (await run(ours)).rowCount === 0);
    // Each table is as it was, or as it becomes; each key and trigger as it was.
    for (const [at, row] of (await run(content)).rows.entries()) expect([before[at], whole.after[at]], where).toContainEqual(row);
    const again = await syncOnce(testContext(), settings);
    expect(again.verdict.kind, where).toBe('PASS');
    expect((await run(content)).rows, where).toEqual(whole.after);
    expect((await run(sequences)).rows, where).toEqual(whole.sequences);
  });
}

/** Of all moments so many, evenly, each time others. */
function some(count: number, of: number): readonly number[] {
  const offset = Math.random();
  return Array.from({ length: count }, (_, at) => Math.floor(((at + offset) * of) / count));
}

test('killed at any moment, then run again: the state of an undisturbed run, and never a half table', async () => {
  await withDatabase(15, bookProduction, async (production) => {
    const whole = await undisturbed(production);
    for (const at of some(24, whole.moments.length)) {
      await endAndSyncAgain(production, whole, async (settings) => {
        const program = join(import.meta.dirname, '../support/sync-tables-program.ts');
        const child = spawn(process.execPath, [program, JSON.stringify(settings), folder, String(at)], { stdio: ['ignore', 'ignore', 'inherit'] });
        await once(child, 'exit');
        // A run that went another way may have fewer moments.
        expect([child.signalCode, child.exitCode], `moment ${at}`).toEqual(child.signalCode === null ? [null, 0] : ['SIGKILL', null]);
        return `killed at ${at}: ${whole.moments[at]}`;
      });
    }
  });
});

/** A way to a server that can be cut: all connections break, and for a while none is taken. */
async function openWay(to: Address) {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(to.port, to.host);
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    address: { ...to, port: address.port },
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test.each(['production', 'staging'] as const)(
  'cut off from %s at any moment: told, never a PASS of less; then the state of an undisturbed run',
  async (side) => {
    await withDatabase(15, bookProduction, async (production) => {
      const whole = await undisturbed(production);
      for (const at of some(12, whole.moments.length)) {
        await endAndSyncAgain(production, whole, async (_, staging) => {
          const sides = { production, staging };
          await using way = await openWay(sides[side]);
          const settings = side === 'production' ? settingsFor(way.address, staging) : settingsFor(production, way.address);
          let where = '';
          const context = withMoments(testContext(), (what, moment) => {
            if (moment !== at) return;
            where = what;
            way.cut();
          });
          const ended = await syncOnce(context, settings);
          const told = `cut at ${at}: ${where}`;
          // Once all tables are there, production isn't needed any more.
          if (ended.verdict.kind === 'PASS') expect((await snapshotOf(staging)).rows, told).toEqual(whole.after);
          else expect(ended.exitCode, told).toBeGreaterThan(0);
          return told;
        });
      }
    });
  },
);

async function snapshotOf(staging: Address) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: urlOf(staging) });
  await client.connect();
  try {
    return await client.query(content);
  } finally {
    await client.end();
  }
}
