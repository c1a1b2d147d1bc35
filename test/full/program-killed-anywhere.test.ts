import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudStage, cloudProject } from '../program/cloud-stage.ts';
import { allAfterwards, isWorthwhile, KilledLives } from '../support/killed-lives.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

let stage: CloudStage;
let sshd: Sshd;
let lives: KilledLives;
beforeAll(async () => {
  [stage, sshd] = await Promise.all([cloudProject(), startSshd()]);
  // The first class that is asked for has no room: the second one is taken.
  stage.aws.rds.circumstances.noCapacity.add('db.t4g.small');
  const cloning = ['clone', '--yes', '--fresh-snapshot', '--instance-class', 'db.t4g.small,db.t4g.medium'];
  lives = new KilledLives({ folder: stage.folder, cli: stage.cli, left: stage.leftInCloud }, cloning);
});
afterAll(async () => {
  await Promise.all([stage[Symbol.asyncDispose](), sshd[Symbol.asyncDispose]()]);
});

const kmsKey = 'arn:aws:kms:eu-central-1:111122223333:key/ours';

test('clone through Systems Manager, killed at every moment: gc leaves nothing, whatever comes in between', { timeout: 3_600_000 }, async () => {
  stage.configureSource({ snapshot: { kmsKey } });
  const all = await lives.moments();
  console.log(`${all.filter(isWorthwhile).length} moments of these:\n${all.map((what, at) => `${at} ${what}`).join('\n')}`);
  expect(all.filter(isWorthwhile).length).toBeGreaterThanOrEqual(100);
  for (const [at, what] of all.entries()) if (isWorthwhile(what)) await lives.killAt(at, what, allAfterwards[at % allAfterwards.length] ?? 'gc');
});

test('clone through sshd, killed at every moment from the tunnel on: gc leaves nothing', { timeout: 3_600_000 }, async () => {
  stage.aws.rds.circumstances.endpoints = 'localhost';
  stage.configureSource({ tunnel: { ssh: { host: 'bastion', configFile: sshd.configFile('killed') } } });
  const all = await lives.moments();
  const isOfTunnel = (what: string) => what.includes('ledger tunnel') || what.includes('start ssh');
  const [first, last] = [all.findIndex(isOfTunnel), all.findLastIndex(isOfTunnel)];
  expect(last - first).toBeGreaterThan(8);
  for (const [at, what] of all.entries()) if (at >= first && at <= last && isWorthwhile(what)) await lives.killAt(at, what, 'gc');
});
