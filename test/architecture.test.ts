import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const src = resolve(import.meta.dirname, '../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
const sources = files.filter((path) => !path.endsWith('.test.ts'));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function importsOf(path: string): Import[] {
  const text = readFileSync(join(src, path), 'utf8');
  const found = [...text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^'"]*?\bfrom\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm)];
  return found.map((match) => {
    const specifier = match[2] ?? match[3] ?? match[4] ?? '';
    const to = specifier.startsWith('.') ? relative(src, resolve(dirname(join(src, path)), specifier)) : specifier;
    return { from: path, to, typeOnly: match[1] !== undefined };
  });
}

const imports = sources.flatMap(importsOf);
const roomOf = (path: string) => path.split('/')[0] ?? '';
const inside = (path: string) => sources.includes(path);
const show = (list: readonly Import[]) => list.map((item) => `${item.from} → ${item.to}`);

/** What a room may import besides itself. cli and rehearsal stand above all rooms; edge is handed in by cli. */
const shared = ['core', 'sql'];

test('the rules are applied to something', () => {
  expect(imports.filter((item) => inside(item.to)).length).toBeGreaterThan(50);
});

test('core imports nothing but itself and types of node', () => {
  const wrong = imports.filter((item) => roomOf(item.from) === 'core' && roomOf(item.to) !== 'core' && !['node:stream', 'node:util'].includes(item.to));
  expect(show(wrong)).toEqual([]);
});

test('a room imports core, sql and the types of the configuration, never another room', () => {
  const wrong = imports.filter((item) => {
    const [from, to] = [roomOf(item.from), roomOf(item.to)];
    if (!inside(item.to) || from === to || from === 'cli' || from === 'rehearsal' || item.from === 'index.ts') return false;
    if (to === 'config' && item.typeOnly) return false;
    return !shared.includes(to);
  });
  expect(show(wrong)).toEqual([]);
});

test('rehearsal never imports cli or edge', () => {
  const wrong = imports.filter((item) => roomOf(item.from) === 'rehearsal' && ['cli', 'edge'].includes(roomOf(item.to)));
  expect(show(wrong)).toEqual([]);
});

const worldly = [
  'pg',
  'pg-copy-streams',
  'pg-protocol',
  'execa',
  '@electric-sql/pglite',
  '@electric-sql/pglite-tools',
  'playwright-core',
  'node:child_process',
  'node:net',
  'node:tls',
  'node:os',
  'node:worker_threads',
];

test('only edge touches the outside world', () => {
  const wrong = imports.filter((item) => worldly.some((name) => item.to === name || item.to.startsWith(`${name}/`)) && roomOf(item.from) !== 'edge');
  expect(show(wrong)).toEqual([]);
});

test.each(['pg', 'commander', 'zod'])('%s is imported in one room only', (name) => {
  expect(new Set(imports.filter((item) => item.to === name).map((item) => roomOf(item.from))).size).toBeLessThanOrEqual(1);
});

test('only cli ends the process, and only edge and cli read the environment', () => {
  const wrong = sources.filter((path) => {
    const text = readFileSync(join(src, path), 'utf8');
    if (/process\.exit\b|process\.exitCode\b/.test(text) && roomOf(path) !== 'cli') return true;
    return /process\.env\b/.test(text) && !['cli', 'edge'].includes(roomOf(path));
  });
  expect(wrong).toEqual([]);
});

test('no default exports, no drawers without a name', () => {
  expect(sources.filter((path) => /^export default\b/m.test(readFileSync(join(src, path), 'utf8')))).toEqual([]);
  expect(sources.filter((path) => /(^|\/)(utils?|helpers?|common|manager|misc)\b/.test(path))).toEqual([]);
});

test('no ring of imports, not even of types', () => {
  const next = new Map<string, string[]>();
  for (const item of imports) if (inside(item.to)) next.set(item.from, [...(next.get(item.from) ?? []), item.to]);
  const rings: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (path: string, trail: readonly string[]) => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      rings.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      return;
    }
    state.set(path, 'open');
    for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
    state.set(path, 'done');
  };
  for (const path of sources) visit(path, []);
  expect(rings).toEqual([]);
});
