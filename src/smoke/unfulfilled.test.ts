import { expect, test } from 'vitest';
import { jsonValue } from './json-value.ts';
import { unfulfilled } from './unfulfilled.ts';

test('values of JSON by path', () => {
  const json = { a: [{ 'b c': 1 }, { b: null }], '': 2 };
  expect(jsonValue(json, 'a[0].b c')).toBe(1);
  expect(jsonValue(json, '$.a[1].b')).toBe(null);
  expect(jsonValue(json, 'a.length')).toBe(2);
  expect(jsonValue(json, '')).toBe(json);
  expect(['a[2]', 'x', 'a.b', 'toString', 'a[0].b c.d', '__proto__'].map((path) => jsonValue(json, path))).toEqual(Array(6).fill(undefined));
});

test('what isn’t as expected is said part by part, and what is isn’t', () => {
  const seen = { status: 500, text: '{"state":"failed","n":3}', headers: { 'content-type': 'text/html' } };
  const json = [
    { path: 'state', equals: 'done' },
    { path: 'n', equals: '3' },
    { path: 'n', matches: '^\\d$' },
    { path: 'gone', matches: '.' },
    { path: 'gone', exists: false },
    { path: 'state', exists: false },
  ];
  expect(
    unfulfilled(seen, { status: [200, 204], headers: { 'Content-Type': 'json', ETag: '.' }, matches: ['done'], mustNotMatch: ['fail\\w+'], json }),
  ).toEqual([
    'the status is 500, not 200 or 204',
    'the header Content-Type is text/html, which doesn’t match json',
    'the header ETag is missing',
    'nothing in it matches done',
    'it has failed, which matches fail\\w+',
    'state is failed, not done',
    'n is 3, not 3',
    'gone is not there',
    'state is there: failed',
  ]);
  expect(unfulfilled(seen, { status: 500, headers: { 'content-type': '^text' }, matches: '"n":3', json: [{ path: 'n', equals: 3 }] })).toEqual([]);
  expect(unfulfilled({ text: 'a\nERROR b' }, { mustNotMatch: ['^ERROR'] })).toHaveLength(1);
  expect(unfulfilled({ text: '<html>' }, { json: [{ path: '', exists: true }] })).toEqual(['it is not JSON']);
  expect(unfulfilled({ status: undefined, text: '' }, { status: 0 })).toEqual(['the status is unknown, not 0']);
});
