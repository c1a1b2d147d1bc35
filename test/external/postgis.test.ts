import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopProduction } from '../program/shop.ts';
import { rehearse, withStage } from '../program/stage.ts';
import { DebianServer } from '../support/debian-server.ts';
import { ask } from '../support/own-server.ts';

let production: DebianServer;
let target: DebianServer;
beforeAll(async () => {
  [production, target] = await Promise.all([DebianServer.start(), DebianServer.start()]);
});
afterAll(async () => {
  await Promise.all([production?.[Symbol.asyncDispose](), target?.[Symbol.asyncDispose]()]);
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
