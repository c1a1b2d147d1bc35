import { expect, test } from 'vitest';
import { costLines, priceCell, showDollars } from './price-words.ts';

const place = { cloud: 'rds', region: 'eu-central-1' } as const;
const own = { instanceClass: 'db.t4g.small', costPerHour: 0.04, priceFrom: 'settings', includesDisk: false } as const;
const listed = { instanceClass: 'db.t4g.small', costPerHour: 0.048, priceFrom: 'list', includesDisk: true } as const;

test('whose price it is, what comes on top, and what to do where none is known', () => {
  expect(costLines(place, [own, { instanceClass: 'db.x99\u001b[2J' }])).toEqual([
    'about $0.04 an hour for db.t4g.small without its disk, as source.rds.prices has it',
    'no price is known of db.x99\\x1b[2J in eu-central-1: name it in source.rds.prices, in US dollars an hour',
  ]);
  expect(costLines(place, [{ ...listed, priceRegion: 'us-east-1' }])).toEqual([
    'about $0.048 an hour for db.t4g.small with its disk, by us-east-1’s list price: that of eu-central-1 isn’t known here',
  ]);
  expect(costLines({ ...place, region: 'us-east-1' }, [listed])).toEqual([
    'about $0.048 an hour for db.t4g.small with its disk, by the public list price of us-east-1',
  ]);
  expect(costLines({ ...place, cloud: 'aurora' }, [own])[1]).toContain('storage that changes and I/O come on top');
  expect(costLines(place, [])).toEqual(['not known: no class is configured, and production’s own isn’t known']);
});

test('in a table a price that isn’t known is never nothing', () => {
  expect([own, listed, { ...listed, priceRegion: 'us-east-1' }, { instanceClass: 'db.x99.huge' }, {}].map(priceCell)).toEqual([
    '$0.04, as configured',
    '$0.048, by list',
    '$0.048, us-east-1’s list',
    'not known',
    '-',
  ]);
  expect([0, 0.004, 0.01, 12.345].map(showDollars)).toEqual(['under $0.01', 'under $0.01', '$0.01', '$12.35']);
});
