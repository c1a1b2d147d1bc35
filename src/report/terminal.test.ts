import { expect, test } from 'vitest';
import { type ExampleRun, exampleEvents, exampleNames } from '../../test/support/example-runs.ts';
import type { Event } from '../core/event.ts';
import { displayWidth } from './display-width.ts';
import { terminalRenderer } from './terminal.ts';

const esc = '\u001b';
/** What the renderer itself may send: the live region's two sequences, and colours. */
const ownSequences = new RegExp(`${esc}\\[(?:\\d+F|0J|[0-9;]*m)`, 'g');

interface Rendering {
  readonly text: string;
  readonly writes: readonly { readonly text: string; readonly atMs: number }[];
}

function render(events: readonly Event[], change: { isTty?: boolean; columns?: number; color?: boolean; stepMs?: number } = {}): Rendering {
  let clock = 0;
  const writes: { text: string; atMs: number }[] = [];
  const renderer = terminalRenderer({
    ...{ isTty: false, columns: 100, color: false, ...change },
    write: (text) => writes.push({ text, atMs: clock }),
    now: () => clock,
  });
  for (const event of events) {
    clock += change.stepMs ?? 150;
    renderer(event);
  }
  renderer.finish([{ title: 'HTML report', path: '/srv/run/report.html' }]);
  return { text: writes.map((write) => write.text).join(''), writes };
}

const example = (name: ExampleRun) => exampleEvents[name]();

/** What stands on the screen in the end: understands the two sequences that the live region uses. */
function screenOf(text: string): string {
  const lines = [''];
  for (const part of text.split(new RegExp(`(${esc}\\[\\d+F|${esc}\\[0J|\n)`))) {
    const up = new RegExp(`^${esc}\\[(\\d+)F$`).exec(part)?.[1];
    if (up !== undefined) {
      // Everything below is erased right afterwards, which the other sequence does on a real screen.
      lines.length -= Number(up);
      lines[lines.length - 1] = '';
    } else if (part === '\n') lines.push('');
    else if (part !== '\u001b[0J') lines[lines.length - 1] += part;
  }
  return lines.join('\n');
}

test('a note in a narrow window stays, all of it, above what is going on', () => {
  let text = '';
  const renderer = terminalRenderer({ isTty: true, columns: 40, color: false, write: (part) => (text += part), now: () => 0 });
  renderer({ type: 'phase-started', phase: 'migrate' });
  renderer.note('Stopping: removing everything that was made …');
  const [first, second, running] = screenOf(text).split('\n');
  expect([first, second]).toEqual(['Stopping: removing everything that was', 'made …']);
  expect(running).toContain('migrate');
  renderer.finish();
});

test('piped: the verdict first, then root cause, findings with object, place, both sides and cure, and the report', () => {
  const { text } = render(example('blocker'));
  const end = text.slice(text.indexOf('BLOCKER'));
  const inOrder = [
    'BLOCKER   Do not deploy',
    'Policy tenant_isolation on public.document is missing',
    'Root cause: structural-parity',
    ' 1 Policy tenant_isolation',
    'security · policy tenant_isolation on public.document · migrations/flawed/0006_rename_legal_entity_to_tenant.sql:61',
    'expected  create policy tenant_isolation',
    'actual    nothing',
    '→ Rename the policy',
    " (new.payload ->> 'tenant_id')",
    " (new.payload ->> 'legal_entity_id')",
    ' 6 The migrations updated 9,412 rows',
    'For information',
    'HTML report: /srv/run/report.html',
  ];
  let from = 0;
  for (const part of inOrder) {
    const at = end.indexOf(part, from);
    expect(at, part).toBeGreaterThanOrEqual(from);
    from = at;
  }
  expect(text).not.toContain('\u001b');
});

test.each(exampleNames)('%s: a terminal ends up with the same text as a pipe', (name) => {
  const wide = 100_000;
  const lines = (text: string) => text.split('\n').filter((line) => !line.startsWith('  Copying'));
  const piped = render(example(name), { columns: wide }).text;
  const screen = screenOf(render(example(name), { isTty: true, columns: wide }).text);
  const log = (text: string) => lines(text).slice(0, 8);
  expect(log(screen)).toEqual(log(piped));
  expect(screen.match(/HTML report/g)).toEqual(piped.match(/HTML report/g));
  // Nothing of the live region is left.
  expect(screen).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]|━/);
});

test.each([40, 60, 200])('in %i columns no finished phase is wider than the window', (columns) => {
  const phases = example('hostile').filter(({ type }) => type === 'phase-started' || type === 'phase-finished');
  const lines = screenOf(render(phases, { isTty: true, columns }).text).split('\n');
  expect(lines.length).toBeGreaterThan(phases.length / 2);
  for (const line of lines) expect(displayWidth(line)).toBeLessThan(columns);
});

test.each([20, 40, 80, 200])('in %i columns no live line is wider than the window', (columns) => {
  const { writes } = render(example('hostile'), { isTty: true, columns });
  const live = writes.flatMap((write) => write.text.split('\n')).filter((line) => /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]|━|─/.test(line));
  expect(live.length).toBeGreaterThan(5);
  for (const line of live) expect(displayWidth(line.replace(ownSequences, ''))).toBeLessThan(columns);
});

test('progress shows rows, share, rate and what is left', () => {
  const progress = (done: number): Event => ({ type: 'progress', phase: 'provision', task: 'copying public.invoice', done, total: 1_000_000, unit: 'rows' });
  const events: Event[] = [{ type: 'phase-started', phase: 'provision' }, progress(0), progress(250_000), progress(500_000)];
  const { text } = render(events, { isTty: true, columns: 120, stepMs: 1000 });
  expect(text).toContain('copying public.invoice ━━━━━━━━────────  50 %  500,000 of 1,000,000 rows  250,000 rows/s  2.0 s left');
});

test('redraws at most ten times a second, however many events come', () => {
  const events: Event[] = [{ type: 'phase-started', phase: 'provision' }];
  for (let done = 0; done < 1000; done++) events.push({ type: 'progress', phase: 'provision', task: 'copying', done, total: 1000, unit: 'rows' });
  const { writes } = render(events, { isTty: true, stepMs: 1 });
  expect(writes.length).toBeLessThanOrEqual(13);
  expect(writes.length).toBeGreaterThanOrEqual(9);
});

test('piped progress is told now and then, so that a log shows life', () => {
  const events: Event[] = [{ type: 'phase-started', phase: 'provision' }];
  for (let done = 0; done < 60; done++) events.push({ type: 'progress', phase: 'provision', task: 'copying', done, total: 60, unit: 'rows' });
  expect(render(events, { stepMs: 1000 }).text.match(/copying/g)?.length).toBeLessThanOrEqual(6);
  expect(render(events, { stepMs: 1000 }).text.match(/copying/g)?.length).toBeGreaterThanOrEqual(3);
});

test('no name can act on the terminal or forge a line', () => {
  for (const isTty of [true, false]) {
    const { text } = render(example('hostile'), { isTty, color: true });
    const withoutOwn = text.replace(ownSequences, '');
    expect(withoutOwn).not.toMatch(/[^\P{Cc}\n]/u);
    expect(withoutOwn).not.toContain('\u202e');
    expect(text).not.toContain('\u001b[2J');
    expect(withoutOwn).not.toMatch(/^forged line/m);
  }
  // The one colour that the hostile text asks for must come from us only.
  expect(render(example('hostile'), { color: false }).text).not.toContain('\u001b');
});

test('colour is on or off as the caller says', () => {
  expect(render(example('pass'), { color: true }).text).toContain('\u001b[32m');
  expect(render(example('pass'), { color: false }).text).not.toContain('\u001b');
});

test('a command without a run has no verdict', () => {
  const { text } = render([
    { type: 'phase-started', phase: 'provision' },
    { type: 'phase-finished', phase: 'provision', outcome: 'passed', summary: 'copied', durationMs: 5 },
  ]);
  expect(text).toBe(`✓ ${'provision'.padEnd(13)} ${'5 ms'.padStart(10)}  copied\n`);
});

test('an unfinished run says so', () => {
  const { text } = render(example('torn'));
  expect(text).toContain('UNFINISHED   The run did not end');
  expect(text).toContain('during migrate');
});

test('a failed migration is told with its hint and cure, once', () => {
  const { text } = render(example('failedMigration'));
  const end = text.slice(text.indexOf('BLOCKER'));
  expect(end.match(/does not exist/g)).toHaveLength(1);
  expect(end).toContain('Hint: Perhaps you meant');
  expect(end).toContain('→ Correct the migration and run again.');
});
