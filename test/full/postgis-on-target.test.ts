import { afterAll, beforeAll, expect, test } from 'vitest';
import { mapFiles, mapProduction, mapSettings } from '../external/map-project.ts';
import { rehearse, withStage } from '../program/stage.ts';
import { DebianServer } from '../support/debian-server.ts';
import { strangersOn } from '../support/strangers-on.ts';

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
