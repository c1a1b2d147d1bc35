import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProductionServer } from '../scenarios/production-server.ts';
import { restoring, statesOf, writtenState } from './down-states.ts';
import { knownDowns } from './known-downs.ts';
import { projects } from './projects.ts';
import { rehearseDowns, type TriedHistory } from './rehearse-downs.ts';
import { renderDowns } from './render-downs.ts';

const histories: TriedHistory[] = [];
let server: ProductionServer;
beforeAll(async () => {
  server = await ProductionServer.start(18);
});
afterAll(async () => server[Symbol.asyncDispose]());

test.each(projects)(
  'which ways down of $name lead back',
  async (project) => {
    const tried = await rehearseDowns(project, process.env.PGREHEARSE_REAL ?? '', server);
    histories.push(tried);
    const known = knownDowns[project.name] ?? {};
    const expected = tried.downs.map(({ migration }) => [migration, known[migration]?.states ?? restoring]);
    expect(tried.downs.map((down) => [down.migration, statesOf(down)])).toEqual(expected);
    // What isn't there any more would make an expectation say nothing.
    expect(Object.keys(known).filter((revision) => tried.downs.every(({ migration }) => migration !== revision))).toEqual([]);
  },
  600_000,
);

test.each([
  ['docs.rs', ['extension'], 'fails 23503'],
  ['openfga', [], 'runs'],
  ['river', [], 'runs'],
])('the whole history of %s, taken back', (name, left, written) => {
  const { empty, written: since } = histories.find(({ project }) => project === name)?.together ?? {};
  expect(empty).toMatchObject({ differences: left.map((kind) => ({ object: { kind } })) });
  expect(since && writtenState(since)).toBe(written);
});

test('the page says what was seen', async () => {
  expect(histories).toHaveLength(projects.length);
  await expect(renderDowns(histories, knownDowns)).toMatchFileSnapshot('../../docs/real-downs.md');
});
