import { expect, test } from 'vitest';
import { useTarget } from '../external/shared-target.ts';
import { useProduction } from '../program/shop-production.ts';
import { withStage } from '../program/stage.ts';
import { ask } from '../support/own-server.ts';
import { untilTrue } from '../support/until-true.ts';

const production = useProduction();
const target = useTarget();

/** Holds a lock, has told an event trigger of it, and doesn't end by itself. */
const endless = 'alter table public.item add column note text;\nselect pg_catalog.pg_sleep(600);\n';
const atWork = "select 1 from pg_catalog.pg_stat_activity where state = 'active' and query like 'select pg_catalog.pg_sleep(600)%'";

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  '%s while a migration is recorded, under traffic, on a server that a team already has',
  async (signal) => {
    const settings = { target: { urlVariable: 'TARGET_URL' }, traffic: { longReaderSeconds: 1 } };
    await withStage(production, { files: { 'migrations/0002_note.sql': endless }, settings }, async ({ cli }) => {
      const env = { TARGET_URL: target.url };
      const ended = await cli(['run', '--json'], {
        env,
        during: (child) =>
          void untilTrue('the migration is at work', async () => (await ask(target.admin, atWork)).length > 0).then(
            () => child.kill(signal),
            () => {},
          ),
      });
      if (signal === 'SIGKILL') {
        expect(ended.signal, ended.stdout + ended.stderr).toBe(signal);
        expect(await cli(['gc'], { env })).toMatchObject({ exitCode: 0 });
      } else {
        expect(ended.exitCode, ended.stdout + ended.stderr).toBe(signal === 'SIGINT' ? 130 : 143);
        // What was seen of half a migration is no verdict about it.
        expect(ended.stdout).not.toContain('"type":"finding","finding":{"id":"long-lock');
      }
    });
    // What is left on the server, useTarget looks for.
    expect(await ask(target.admin, atWork)).toEqual([]);
  },
  300_000,
);
