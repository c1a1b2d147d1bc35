import { expect, test } from 'vitest';
import { nothingLost, proveNothingLost } from '../support/lost/prove-nothing-lost.ts';

const spoil = `
  drop publication everything;
  update edge.float8 set value = '0' where value::text = '-0';
  update edge.text set list[2] = '' where id = 2;
  update odd.wide set c1599 = null where c0 = 1;
  update odd.part set id = id + 1000 where id = 7;
  update kinds.main set loose = lower(loose) where id = 1;
  delete from only odd.child;
  select setval('odd.called_once', 5);
  select lo_put(777002, 10, 'x');
  drop trigger truncating on kinds.main;`;

test('every kind of object and every edge value gets over by a live copy, and what doesn’t would be seen', async () => {
  const { spoilt, ...proof } = await proveNothingLost('live', 18, 18, { megabytes: 1, spoil });
  expect(proof).toEqual(nothingLost);
  const expected = [
    /^rows of odd\.child: 1 at the source, 0 in the copy/,
    /^content of edge\.float8\.value differs/,
    /^content of edge\.text\.list differs/,
    /^content of odd\.wide\.c1599 differs/,
    /^content of odd\.part Ab\.id differs|^content of odd\.part_\w+\.id differs/,
    /^content of kinds\.main\.loose differs/,
    /^sequence only in the copy: .*"called_once","last_value":"5"/,
    /^large object only in the copy: .*777002/,
    /^semantic trigger truncating/,
  ];
  for (const pattern of expected) expect(spoilt, String(pattern)).toContainEqual(expect.stringMatching(pattern));
});
