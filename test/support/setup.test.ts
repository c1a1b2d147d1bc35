import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from './temporary-folder.ts';

/** Plain JavaScript, which has no types. */
const file = new URL('../../scripts/setup/is-installed.js', import.meta.url).href;
const { isInstalled } = (await import(file)) as { isInstalled(root: string): boolean };

type Packages = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const a = { version: '1', integrity: 'x' };
const here = { version: '1', integrity: 'x', optional: true, os: [process.platform], cpu: [process.arch] };
const lock: Packages = {
  '': { name: 'ours' },
  a,
  here,
  there: { ...here, os: ['plan9'] },
  'of there': { version: '1', integrity: 'y', optional: true },
};

const cases: readonly [what: string, installed: Packages | undefined, expected: boolean][] = [
  ['nothing', undefined, false],
  ['what fits this machine', { a, here }, true],
  ['not the package for this machine', { a }, false],
  ['another version', { a: { ...a, version: '2' }, here }, false],
  ['other bytes', { a: { ...a, integrity: 'z' }, here }, false],
  ['one too few', { here }, false],
  ['one too many', { a, here, b: a }, false],
];

test.each(cases)('where %s is installed, setting up has something to do or not', (_, installed, expected) => {
  const root = makeFolder('pgr-setup-');
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: lock }));
  mkdirSync(join(root, 'node_modules'));
  if (installed !== undefined) writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
  expect(isInstalled(root)).toBe(expected);
});
