import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudStage, cloudProject } from '../program/cloud-stage.ts';
import { deathsAt, dieInAllWays, isWorthwhile, KilledLives, laneCount } from '../support/killed-lives.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

let stages: readonly CloudStage[];
let sshd: Sshd;
let lanes: readonly KilledLives[];
beforeAll(async () => {
  [stages, sshd] = await Promise.all([Promise.all(Array.from({ length: laneCount }, () => cloudProject())), startSshd()]);
  const cloning = ['clone', '--yes', '--fresh-snapshot', '--instance-class', 'db.t4g.small,db.t4g.medium'];
  // The first class that is asked for has no room: the second one is taken.
  for (const { aws } of stages) aws.rds.circumstances.noCapacity.add('db.t4g.small');
  lanes = stages.map(({ folder, cli, leftInCloud: left }) => new KilledLives({ folder, cli, left }, cloning));
});
afterAll(async () => {
  await Promise.all([...stages.map((stage) => stage[Symbol.asyncDispose]()), sshd[Symbol.asyncDispose]()]);
});

const kmsKey = 'arn:aws:kms:eu-central-1:111122223333:key/ours';

test('clone through Systems Manager, killed at every moment: gc leaves nothing, whatever comes in between', { timeout: 3_600_000 }, async () => {
  for (const stage of stages) stage.configureSource({ snapshot: { kmsKey } });
  const all = (await lanes[0]?.moments()) ?? [];
  const deaths = deathsAt(all, isWorthwhile);
  console.log(`${deaths.length} moments of these:\n${all.map((what, at) => `${at} ${what}`).join('\n')}`);
  expect(deaths.length).toBeGreaterThanOrEqual(100);
  await dieInAllWays(lanes, deaths);
});

test('clone through sshd, killed at every moment from the tunnel on: gc leaves nothing', { timeout: 3_600_000 }, async () => {
  const source = { tunnel: { ssh: { host: 'bastion', configFile: sshd.configFile('killed') } } };
  for (const stage of stages) {
    stage.aws.rds.circumstances.endpoints = 'localhost';
    stage.configureSource(source);
  }
  const all = (await lanes[0]?.moments()) ?? [];
  const isOfTunnel = (what: string) => what.includes('ledger tunnel') || what.includes('start ssh');
  const [first, last] = [all.findIndex(isOfTunnel), all.findLastIndex(isOfTunnel)];
  expect(last - first).toBeGreaterThan(8);
  const deaths = deathsAt(all, (what, at) => at >= first && at <= last && isWorthwhile(what));
  await dieInAllWays(
    lanes,
    deaths.map((death) => ({ ...death, afterwards: 'gc' })),
  );
});
