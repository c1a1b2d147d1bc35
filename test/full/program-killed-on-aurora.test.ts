import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudStage, cloudProject } from '../program/cloud-stage.ts';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import { cloudAuthority } from '../support/fake-aws/rds/backing-server.ts';
import { allAfterwards, isWorthwhile, KilledLives } from '../support/killed-lives.ts';

let stage: CloudStage;
let lives: KilledLives;
beforeAll(async () => {
  stage = await cloudProject();
  const given = { account: FakeAws.account, region: FakeAws.region, major: 15, master: 'owner', password: 'canary-of-the-cluster' } as const;
  const cluster = await stage.aws.rds.addCluster({ id: 'shop', ...given });
  await cluster.server?.ask('create table public.orders (id int primary key); insert into public.orders values (1)', [], 'postgres', 'owner');
  const left = () => {
    const { instances, clusters, snapshots, clusterSnapshots } = stage.aws.rds;
    const names = [instances, clusters, snapshots, clusterSnapshots].flatMap((all) => [...all.values()].map(({ id }) => id));
    return [...names.filter((name) => name.startsWith('pgrehearse-')), ...stage.aws.ssm.sessions.keys()];
  };
  lives = new KilledLives({ folder: stage.folder, cli: stage.cli, left }, ['clone', '--yes', '--fresh-snapshot']);
});
afterAll(() => stage[Symbol.asyncDispose]());

/** What befalls the dump is the same whatever it is read from. */
const isOfCloud = (what: string) => isWorthwhile(what) && !what.includes('dump');

test.each([
  ['by copy-on-write', undefined],
  ['from a snapshot', {}],
])('clone of Aurora %s, killed at every moment: gc leaves nothing, whatever comes in between', { timeout: 3_600_000 }, async (_, snapshot) => {
  const aurora = {
    ...{ cluster: 'shop', account: FakeAws.account, region: FakeAws.region, pollSeconds: 0.05, tlsRootCertificate: cloudAuthority },
    tunnel: { ssm: { tag: { name: 'role', value: 'bastion' } } },
  };
  stage.configure({ source: { aurora: { ...aurora, ...(snapshot === undefined ? {} : { snapshot }) } } });
  const all = await lives.moments();
  console.log(`${all.filter(isOfCloud).length} moments of these:\n${all.map((what, at) => `${at} ${what}`).join('\n')}`);
  expect(all.filter(isOfCloud).length).toBeGreaterThanOrEqual(40);
  for (const [at, what] of all.entries()) if (isOfCloud(what)) await lives.killAt(at, what, allAfterwards[at % allAfterwards.length] ?? 'gc');
});
