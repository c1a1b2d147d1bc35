import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { judgeRecording } from '../../src/check/recording/judge-recording.ts';
import { recordingChecks } from '../../src/check/recording/recording-checks.ts';
import type { Address } from '../../src/core/server.ts';
import { type Major, withDatabase } from './databases.ts';
import { ask } from './own-server.ts';
import { exampleSettings, onQuietMachine, type RecordedExample, type RecordingExample, readExample, recordScript } from './record-example.ts';
import { testContext } from './test-context.ts';

const examples = recordingChecks.flatMap(({ about }) => readExample(about.check) ?? []);

const judge = (example: RecordingExample, { recording, facts }: RecordedExample) =>
  judgeRecording({ recording: onQuietMachine(recording), facts, settings: exampleSettings(example) });

/** Copies of one database that was set up: far quicker than setting up each of them. */
async function withCopy<T>(template: Address, use: (address: Address) => Promise<T>): Promise<T> {
  const database = `t_${randomBytes(6).toString('hex')}`;
  const server = { ...template, database: 'postgres' };
  await ask(server, `create database ${database} template ${template.database}`);
  try {
    return await use({ ...template, database });
  } finally {
    await ask(server, `drop database ${database} with (force)`);
  }
}

async function seeBoth(major: Major, example: RecordingExample, template: Address): Promise<void> {
  const context = testContext();
  const { check } = example;
  await withCopy(template, async (address) => {
    const bad = judge(example, await recordScript(context, address, 'bad.sql', example.bad));
    if (check === 'cluster-wide') await ask(address, 'drop owned by pgrehearse_example_reporting; drop role pgrehearse_example_reporting');
    const found = bad.findings.filter((finding) => finding.check === check);
    expect(found.length, `${check} on ${major}, bad: ${JSON.stringify(bad, null, 1)}`).toBeGreaterThan(0);
    for (const finding of found) expect(finding, check).toMatchObject({ migration: 'bad.sql', phase: 'migrate' });
    expect(bad.findings.filter(({ severity }) => severity === 'doubt')).toEqual([]);
  });
  await withCopy(template, async (address) => {
    const good = judge(example, await recordScript(context, address, 'good.sql', example.good));
    expect(good.findings, `${check} on ${major}, good`).toEqual([]);
    expect(good.gate, check).toMatchObject({ gate: 'locks', outcome: 'passed', couldFail: true });
  });
}

/** Each check sees its bad.sql on a server of this version, and nothing at all is found in its good.sql. */
export async function seeExamples(major: Major): Promise<void> {
  expect(examples.length).toBe(recordingChecks.length);
  for (const [setup, group] of Map.groupBy(examples, (example) => example.setup)) {
    await withDatabase(major, setup, async (template) => {
      for (const example of group) await seeBoth(major, example, template);
    });
  }
}
