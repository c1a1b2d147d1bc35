import { expect, test } from 'vitest';
import { copyPlace } from './copy-place.ts';

const hostile = 'a "b", line 9\nnew';

test.each([
  ['COPY books, line 3, column condition: "3"', ['books'], { column: 'condition', line: 3 }],
  ['COPY books, line 3, column n', ['books'], { column: 'n', line: 3 }],
  ['COPY books, line 12: "1\t2"', ['books'], { line: 12 }],
  ['PL/pgSQL function f() line 3 at RAISE\nCOPY books, line 2: "x"', ['books'], { line: 2 }],
  [`COPY ${hostile}, line 2, column a: b:\n: null input`, [hostile], { column: 'a: b:\n', line: 2 }],
  ['COPY pgrehearse_arriving, line 1', ['books', 'pgrehearse_arriving'], { line: 1 }],
  ['COPY other, line 1', ['books'], {}],
])('%j', (where, relations, place) => {
  expect(copyPlace({ where }, relations, ['n', 'condition', 'a', 'a: b:\n'])).toEqual(place);
});

test('a constraint names its column itself', () => {
  expect(copyPlace({ where: 'COPY books, line 4: "x"', column: 'title' }, ['books'], ['title'])).toEqual({ column: 'title', line: 4 });
});
