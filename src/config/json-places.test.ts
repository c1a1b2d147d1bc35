import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonError, parseJsonWithPlaces } from './json-places.ts';

test('a member’s place is its key’s, an element’s its own', () => {
  const { placeOf } = parseJsonWithPlaces('{\n  "a": [1,\n    {"b": "x\\"y"}],\n  "c": 2\n}');
  expect(placeOf(['a'])).toEqual({ line: 2, column: 3 });
  expect(placeOf(['a', 1])).toEqual({ line: 3, column: 5 });
  expect(placeOf(['a', 1, 'b'])).toEqual({ line: 3, column: 6 });
  expect(placeOf(['c'])).toEqual({ line: 4, column: 3 });
});

test('a path that does not exist is placed at its nearest parent', () => {
  const { placeOf } = parseJsonWithPlaces('{\n  "a": {}\n}');
  expect(placeOf(['a', 'missing', 0])).toEqual({ line: 2, column: 3 });
  expect(placeOf(['missing'])).toEqual({ line: 1, column: 1 });
});

test.each([
  ['{"a": 1,}', 'JSON allows no comma after the last item', 8],
  ['{"a": 1 "b": 2}', 'expected "," or "}"', 9],
  ["{'a': 1}", 'expected a key in double quotes', 2],
  ['{"a": // why\n1}', 'a value: JSON has no comments', 7],
  ['{"a": "s3cret', 'expected a complete string in double quotes', 7],
  ['{"a": 1', 'the file ends too early', 8],
  ['{"a": 1} x', 'expected the end of the file', 10],
  ['{"a": 1, "a": 2}', 'the key "a" stands here twice', 10],
])('%s is refused with its place', (text, message, column) => {
  const error = caught(() => parseJsonWithPlaces(text));
  expect(error.message).toContain(message);
  expect(error.place).toEqual({ line: 1, column });
});

test('agrees with JSON.parse on any JSON', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat({ max: 4 }), (text, indent) => {
      const value = JSON.parse(text) as unknown;
      expect(parseJsonWithPlaces(JSON.stringify(value, null, indent)).value).toEqual(value);
    }),
    { numRuns: 200 },
  );
});

test('refuses what JSON.parse refuses', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '{', ']', '\\', '0', '\n'), (text, at, inserted) => {
      const position = at % (text.length + 1);
      const broken = text.slice(0, position) + inserted + text.slice(position + 1);
      let parses = true;
      try {
        JSON.parse(broken);
      } catch {
        parses = false;
      }
      if (!parses) expect(() => parseJsonWithPlaces(broken)).toThrow(JsonError);
    }),
    { numRuns: 500 },
  );
});

function caught(run: () => unknown): JsonError {
  try {
    run();
  } catch (error) {
    if (error instanceof JsonError) return error;
  }
  throw new Error('no JsonError');
}
