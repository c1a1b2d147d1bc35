import { expect, test } from 'vitest';
import { recordedPrice } from './own-price.ts';
import { classPrices, pricePerHour } from './price-per-hour.ts';

const small = { cloud: 'rds', region: 'us-east-1', instanceClass: 'db.t4g.small' } as const;

test('a list price is that of the server, and of its disk where that is paid for by its size; elsewhere it is told whose it is', () => {
  expect(pricePerHour(small)).toEqual({ costPerHour: 0.032, priceFrom: 'list', includesDisk: false });
  expect(pricePerHour({ ...small, storageGb: 100 })).toEqual({ costPerHour: 0.048, priceFrom: 'list', includesDisk: true });
  const elsewhere = { costPerHour: 0.048, priceFrom: 'list', priceRegion: 'us-east-1', includesDisk: true };
  expect(pricePerHour({ ...small, region: 'eu-central-1', storageGb: 100 })).toEqual(elsewhere);
  // An instance costs more in a cluster, and the cluster's storage isn't paid for by its size.
  const inCluster = { cloud: 'aurora', region: 'us-east-1', instanceClass: 'db.r6g.large', storageGb: 100 } as const;
  expect(pricePerHour(inCluster)).toEqual({ costPerHour: 0.26, priceFrom: 'list', includesDisk: false });
  expect(pricePerHour({ cloud: 'azure', region: 'westeurope', instanceClass: 'Standard_B1ms', storageGb: 32 })).toEqual({
    costPerHour: 0.022,
    priceFrom: 'list',
    priceRegion: 'eastus',
    includesDisk: true,
  });
});

test('what isn’t on a list has no price, nor has what is in a cloud with a list of its own', () => {
  for (const server of [
    { ...small, instanceClass: 'db.x99.huge' },
    { ...small, instanceClass: 'constructor' },
    { ...small, region: 'cn-north-1' },
    { ...small, cloud: 'aurora' },
    { cloud: 'azure', region: 'westeurope', instanceClass: 'Standard_D2ds_v5' },
    { cloud: 'azure', region: 'usgovvirginia', instanceClass: 'Standard_B1ms' },
  ] as const) {
    expect(pricePerHour(server)).toBeUndefined();
  }
});

test('the team’s own price goes before the list’s, in every region and however a size is written', () => {
  const own = { costPerHour: 0.02, priceFrom: 'settings', includesDisk: false };
  expect(pricePerHour({ ...small, storageGb: 100 }, 0.02)).toEqual(own);
  expect(pricePerHour({ ...small, region: 'cn-north-1' }, 0.02)).toEqual(own);
  const azure = { cloud: 'azure', region: 'westeurope' } as const;
  expect(classPrices(azure, ['', 'standard_d2DS_v5', 'Standard_D4ds_v5'], { Standard_D2ds_v5: 0.02 })).toEqual([
    { instanceClass: 'standard_d2DS_v5', ...own },
    { instanceClass: 'Standard_D4ds_v5' },
  ]);
});

test('what somebody wrote in place of a recorded price is none', () => {
  expect([0.31, '0.31', '1e-3'].map(recordedPrice)).toEqual([0.31, 0.31, 0.001]);
  expect(['', ' ', '-1', '0', 'free', '1e999', 'NaN', 0, -0.5, Number.NaN, undefined].map(recordedPrice).filter((price) => price !== undefined)).toEqual([]);
});
