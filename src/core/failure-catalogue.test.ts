import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { failureCatalogue } from './failure-catalogue.ts';

test('no code is told twice, and none is left out', async () => {
  const folder = new URL('failures/', import.meta.url);
  const texts = await Promise.all((await readdir(folder)).map((file) => readFile(new URL(file, folder), 'utf8')));
  const codes = texts.flatMap((text) => [...text.matchAll(/^ {2}'?([\w-]+)'?: entry\(/gm)].map((match) => match[1]));
  expect(codes.toSorted()).toEqual(Object.keys(failureCatalogue).toSorted());
});
