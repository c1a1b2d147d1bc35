import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AzureStage, azureProject } from '../program/azure-stage.ts';
import { deathsAt, dieInAllWays, isWorthwhile, KilledLives, laneCount } from '../support/killed-lives.ts';

let stages: readonly AzureStage[];
let lanes: readonly KilledLives[];
beforeAll(async () => {
  stages = await Promise.all(Array.from({ length: laneCount }, () => azureProject()));
  lanes = stages.map((stage) => new KilledLives(stage, ['clone', '--yes', '--fresh-snapshot']));
});
afterAll(() => Promise.all(stages.map((stage) => stage[Symbol.asyncDispose]())));

test('clone of Azure, killed at every moment: gc leaves nothing, whatever comes in between', { timeout: 3_600_000 }, async () => {
  const all = (await lanes[0]?.moments()) ?? [];
  const deaths = deathsAt(all, isWorthwhile);
  console.log(`${deaths.length} moments of these:\n${all.map((what, at) => `${at} ${what}`).join('\n')}`);
  for (const call of ['PUT flexibleServers', 'PUT firewallRules', 'PATCH flexibleServers', 'DELETE flexibleServers'])
    expect(all).toEqual(expect.arrayContaining([`before call ${call}`, `after call ${call}`]));
  expect(deaths.length).toBeGreaterThanOrEqual(40);
  await dieInAllWays(lanes, deaths);
});
