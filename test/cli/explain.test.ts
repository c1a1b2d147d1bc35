import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { openRunFolder } from '../../src/evidence/run-folder.ts';
import { exampleEvents } from '../support/example-runs.ts';
import { runCli } from '../support/run-cli.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { unwrap } from '../support/unwrap.ts';

const gateOfMany =
  exampleEvents.blocker().flatMap((event) => (event.type === 'gate' && event.gate.gate.startsWith('invariant:') ? [event.gate.gate] : []))[0] ?? '';

/** A project with one run in it. */
async function withRun(use: (cwd: string, run: Extract<Event, { type: 'finding' }>['finding'][]) => Promise<void>): Promise<void> {
  await withFolder({}, async (cwd) => {
    const events = exampleEvents.blocker();
    const header = events.find((event) => event.type === 'run-started')?.header;
    if (header === undefined) throw new Error('the example has no header');
    const folder = unwrap(await openRunFolder({ runsFolder: join(cwd, '.pgrehearse/runs'), header, now: () => new Date() }));
    for (const event of events) folder.record(event);
    await folder.seal();
    await use(
      cwd,
      events.flatMap((event) => (event.type === 'finding' ? [event.finding] : [])),
    );
  });
}

test('a finding is told by its number or id, and near ones where there is none', async () => {
  await withRun(async (cwd, findings) => {
    const first = await runCli(['explain', '1'], { cwd });
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    const told = first.stdout.replaceAll(/\s+/g, ' ');
    const finding = findings.find(({ title }) => told.startsWith(title));
    expect(told).toContain(`What to do ${finding?.cure}`);
    expect(await runCli(['explain', finding?.id ?? ''], { cwd })).toEqual(first);
    const near = await runCli(['explain', `${finding?.id}x`], { cwd });
    expect(near).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`Did you mean ${finding?.id}?`) });
  });
});

test('a gate of a run is told with what it decided there', async () => {
  await withRun(async (cwd) => {
    const { exitCode, stdout } = await runCli(['explain', gateOfMany, '--json'], { cwd });
    expect({ exitCode, told: JSON.parse(stdout) }).toMatchObject({
      exitCode: 0,
      told: { gate: gateOfMany, checks: ['invariant'], found: { gate: gateOfMany } },
    });
  });
});

test('without a run, a finding can’t be told', async () => {
  await withFolder({}, async (cwd) => {
    const { exitCode, stderr } = await runCli(['explain', 'rewrite:table:public.invoice'], { cwd });
    expect(stderr).toContain('holds no run');
    expect(exitCode).not.toBe(0);
  });
});
