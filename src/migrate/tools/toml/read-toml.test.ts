import { expect, test } from 'vitest';
import { readToml } from './read-toml.ts';

test('tables, keys and values', () => {
  const text = `
# a remark
title = "a # b \\"c\\"" # and one at the end
[flyway]
locations = ["filesystem:sql", 'filesystem:more, here'] # two
mixed = true
[flyway.placeholders]
"my.name" = 'C:\\x'
env.deep = "\\u00e9"
[ migrate ]
ignored-chars = [
  "\\r", # carriage returns
  "\\n",
]
lock-id = 1_000
empty = []
inline = { a = 1 }
[[list]]
mixed = false
`;
  expect(Object.fromEntries(readToml(text))).toEqual({
    title: 'a # b "c"',
    'flyway.locations': ['filesystem:sql', 'filesystem:more, here'],
    'flyway.mixed': true,
    'flyway.placeholders.my.name': 'C:\\x',
    'flyway.placeholders.env.deep': 'é',
    'migrate.ignored-chars': ['\r', '\n'],
    'migrate.lock-id': 1000,
    'migrate.empty': [],
    'list]].mixed': false,
  });
});

test('what is none', () => {
  expect(() => readToml('a = 1\nthis is no TOML')).toThrow('line 2');
});
