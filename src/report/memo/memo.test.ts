import { expect, test } from 'vitest';
import { type ExampleRun, exampleEvents, exampleNames, exampleSummary, journal } from '../../../test/support/example-runs.ts';
import type { Event } from '../../core/event.ts';
import { summarise } from '../../core/run-summary.ts';
import { makeMemo } from './memo.ts';
import { renderMemoHtml } from './memo-html.ts';
import { renderMemoMarkdown } from './memo-markdown.ts';

const memoWith = (name: ExampleRun, ...more: readonly Event[]) => makeMemo(summarise(journal([...exampleEvents[name](), ...more])));
const transcript: Event = { type: 'artifact', artifact: { path: 'deploy-transcript.txt', title: 'Deploy transcript', sizeBytes: 10, sha256: 'd'.repeat(64) } };

test('a PASS authorises nothing: approval, a way back in time, a window and a reviewed transcript are still owed', () => {
  const { word, rootCause, owed } = memoWith('pass', transcript);
  expect([word, rootCause]).toEqual(['PASS', undefined]);
  const text = owed.join('\n');
  for (const due of [
    /Approval .* no verdict of a rehearsal authorises a deploy/,
    /point-in-time-recovery/,
    /freeze/,
    /Review of deploy-transcript\.txt/,
    /preflight/,
  ])
    expect(text).toMatch(due);
  expect(text).toContain('d'.repeat(64));
  expect(text).not.toContain('A rehearsal that ends with PASS');
});

test.each(['blocker', 'inconclusive', 'failedMigration', 'torn', 'empty'] as const)('%s: first of all a PASS is owed', (name) => {
  expect(memoWith(name).owed[0]).toMatch(/^A rehearsal that ends with PASS/);
});

test('a way back that passed is no word on the deploy', () => {
  const events = exampleEvents
    .pass()
    .map((event): Event => (event.type === 'run-started' ? { ...event, header: { ...event.header, scope: 'way-back' } } : event));
  const { owed, notCovered } = makeMemo(summarise(journal(events)));
  expect(owed[0]).toMatch(/^A rehearsal that ends with PASS/);
  expect(notCovered[0]).toMatch(/^The deploy itself was not judged/);
});

test('a blocker names its root cause, and the failing thing with object, place and proof', () => {
  const { rootCause, failing, moreFailing } = memoWith('blocker');
  expect(rootCause).toMatch(/^[a-z-]+: /);
  expect(failing.length).toBeGreaterThan(0);
  expect(failing.length).toBeLessThanOrEqual(3);
  expect(moreFailing).toBeGreaterThanOrEqual(0);
  expect(failing.flatMap(({ facts }) => facts.map(([name]) => name))).toEqual(expect.arrayContaining(['Object', 'To do']));
});

test('a failed migration has its statement and SQLSTATE', () => {
  const facts = new Map(memoWith('failedMigration').failing.flatMap((one) => one.facts));
  expect(facts.get('SQLSTATE')).toMatch(/^[0-9A-Z]{5}$/);
  expect(facts.get('Statement')).not.toBe(undefined);
});

test('what was not covered names gates that decided nothing, sampling, and phases that never ran', () => {
  const gate = { phase: 'data-gate', required: true, couldFail: true, proof: 'p', summary: 's', findingIds: [], durationMs: 1 } as const;
  const more: Event[] = [
    { type: 'gate', gate: { ...gate, gate: 'left-open', outcome: 'inconclusive' } },
    {
      type: 'gate',
      gate: { ...gate, gate: 'just-told', outcome: 'failed', required: false, ruled: { as: 'advisory', reason: 'known to be noisy', wasRequired: true } },
    },
    { type: 'gate', gate: { ...gate, gate: 'half-seen', outcome: 'passed', sampledPercent: 5 } },
  ];
  const text = memoWith('pass', ...more).notCovered.join('\n');
  expect(text).toMatch(/Inconclusive: .*left-open/);
  expect(text).toMatch(/advisory\): .*just-told/);
  expect(text).toContain('The configuration makes just-told advisory: known to be noisy.');
  expect(text).toContain('half-seen looked at 5 % of the rows only.');
  expect(memoWith('failedMigration').notCovered.join('\n')).toMatch(/Phases that did not run: .*schema-gate/);
});

test('the root hash stands where it is known, and else where to get it', () => {
  const sealed = memoWith('pass', { type: 'sealed', rootSha256: 'e'.repeat(64) });
  expect(new Map(sealed.seal).get('Root hash')).toBe('e'.repeat(64));
  expect(new Map(memoWith('pass').seal).get('Root hash')).toMatch(/printed when the run ended/);
});

test.each(exampleNames)('both forms of %s hold the memo, and nothing acts in them', (name) => {
  const summary = exampleSummary(name);
  const [page, markdown] = [renderMemoHtml(summary), renderMemoMarkdown(summary)];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  for (const text of [page, markdown]) expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  expect(page).not.toMatch(/<script>alert|https?:\/\/(?!\S*arrowroot)/);
  expect(markdown).toContain('## Still owed before production');
  expect(markdown.match(/^- \[ \] /gm)?.length).toBe(makeMemo(summary).owed.length);
  // One page: what is on it can be read in a minute or two.
  expect(markdown.split(/\s+/).length).toBeLessThan(900);
});
