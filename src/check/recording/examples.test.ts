import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import {
  exampleSettings,
  onQuietMachine,
  type RecordedExample,
  type RecordingExample,
  readExample,
  recordScript,
} from '../../../test/support/record-example.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { judgeRecording } from './judge-recording.ts';
import { recordingChecks } from './recording-checks.ts';

const examples = recordingChecks.flatMap(({ about }) => readExample(about.check) ?? []);

/** What only traffic shows has its own tests. */
const withoutExample = ['stall', 'application-errors'];

const judge = (example: RecordingExample, { recording, facts }: RecordedExample) =>
  judgeRecording({ recording: onQuietMachine(recording), facts, settings: exampleSettings(example) });

test('every check has an example', () => {
  expect(recordingChecks.map(({ about }) => about.check).filter((check) => readExample(check) === undefined)).toEqual(withoutExample);
});

test.each(([15, 18] as const).flatMap((major) => examples.map((example) => [example.check, major, example] as const)))(
  '%s sees what is bad and nothing else (PostgreSQL %i)',
  async (check, major, example) => {
    const context = testContext();
    const cleanUp = 'drop role if exists pgrehearse_example_reporting';
    await withDatabase(major, `${example.setup}; analyze`, async (address, run) => {
      const bad = judge(example, await recordScript(context, address, 'bad.sql', example.bad));
      const found = bad.findings.filter((finding) => finding.check === check);
      expect(found.length, JSON.stringify(bad, null, 1)).toBeGreaterThan(0);
      for (const finding of found) expect(finding).toMatchObject({ migration: 'bad.sql', phase: 'migrate' });
      expect(bad.findings.filter(({ severity }) => severity === 'doubt')).toEqual([]);
      if (check === 'cluster-wide') await run(`drop owned by pgrehearse_example_reporting; ${cleanUp}`);
    });
    await withDatabase(major, `${example.setup}; analyze`, async (address) => {
      const good = judge(example, await recordScript(context, address, 'good.sql', example.good));
      expect(good.findings).toEqual([]);
      expect(good.gate).toMatchObject({ gate: 'locks', outcome: 'passed', couldFail: true });
    });
  },
);
