import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkPages, readSeen, seenFile } from '../../scripts/check-pages.ts';

const root = join(import.meta.dirname, '../..');
const pages = checkPages(readSeen());

/** Whether servers still do what seen.json says is asked by the long tests. */
test('each page of a check is as the code says (npm run docs)', () => {
  const outdated = [...pages].filter(([path, text]) => readFileSync(join(root, path), 'utf8') !== text).map(([path]) => path);
  expect(outdated).toEqual([]);
});

test('there is no page of a check that is no more', () => {
  const files = readdirSync(join(root, 'docs/checks')).map((name) => `docs/checks/${name}`);
  expect(files.filter((path) => path !== seenFile && !pages.has(path))).toEqual([]);
});
