import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AzureStage, azureProject } from '../program/azure-stage.ts';
import { allAfterwards, isWorthwhile, KilledLives } from '../support/killed-lives.ts';

let stage: AzureStage;
let lives: KilledLives;
beforeAll(async () => {
  stage = await azureProject();
  lives = new KilledLives(stage, ['clone', '--yes', '--fresh-snapshot']);
});
afterAll(() => stage[Symbol.asyncDispose]());

test('clone of Azure, killed at every moment: gc leaves nothing, whatever comes in between', { timeout: 3_600_000 }, async () => {
  const all = await lives.moments();
  console.log(`${all.filter(isWorthwhile).length} moments of these:\n${all.map((what, at) => `${at} ${what}`).join('\n')}`);
  for (const call of ['PUT flexibleServers', 'PUT firewallRules', 'PATCH flexibleServers', 'DELETE flexibleServers'])
    expect(all).toEqual(expect.arrayContaining([`before call ${call}`, `after call ${call}`]));
  expect(all.filter(isWorthwhile).length).toBeGreaterThanOrEqual(40);
  for (const [at, what] of all.entries()) if (isWorthwhile(what)) await lives.killAt(at, what, allAfterwards[at % allAfterwards.length] ?? 'gc');
});
