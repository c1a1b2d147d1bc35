import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopProduction } from '../program/shop.ts';
import { rehearse, withStage } from '../program/stage.ts';
import { DebianServer } from '../support/debian-server.ts';
import { ask } from '../support/own-server.ts';
import { strangersOn } from '../support/strangers-on.ts';
import { mapFiles, mapProduction, mapSettings } from './map-project.ts';

let production: DebianServer;
let target: DebianServer;
beforeAll(async () => {
  [production, target] = await Promise.all([DebianServer.start(), DebianServer.start()]);
});
afterAll(async () => {
  await Promise.all([production?.[Symbol.asyncDispose](), target?.[Symbol.asyncDispose]()]);
});

test('a database with PostGIS is rehearsed on an existing server, and nothing of ours stays there', async () => {
  await withStage(
    { admin: production.admin, url: (name) => production.url(name) },
    { database: 'map', script: mapProduction, files: mapFiles, settings: { ...mapSettings, target: { urlVariable: 'TARGET_URL' } } },
    async (stage) => {
      const { exitCode, summary, text } = await rehearse(stage, { env: { TARGET_URL: target.url() } });
      expect(summary.failures, text).toEqual([]);
      expect(summary.findings.filter(({ severity }) => severity === 'blocker' || severity === 'doubt')).toEqual([]);
      expect({ exitCode, verdict: summary.verdict?.kind }).toEqual({ exitCode: 0, verdict: 'PASS' });
      expect(text).toContain(`127.0.0.1:${target.admin.port}`);
      expect(text).toContain('again on a new clone');
    },
  );
  expect(await strangersOn(target.admin)).toEqual([]);
});

test('a source that is a replica never has its own primary as target', async () => {
  await using replica = await DebianServer.start(target);
  const settings = { target: { urlVariable: 'TARGET_URL' } };
  await withStage(target, { settings, script: shopProduction }, async (stage) => {
    const replicated = async () => (await ask(replica.admin, "select 1 from pg_catalog.pg_database where datname = 'shop'")).length === 1;
    while (!(await replicated())) await sleep(20);
    const { exitCode, failure } = await rehearse(stage, { env: { PRODUCTION_URL: replica.url('shop'), TARGET_URL: target.url() } });
    expect({ exitCode, failure }).toMatchObject({ exitCode: 4, failure: { code: 'target-is-source', message: expect.stringContaining('system identifier') } });
  });
  await ask(target.admin, 'drop role shop_migrator');
});
