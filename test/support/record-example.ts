import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRecordingFacts } from '../../src/check/recording/read-recording-facts.ts';
import type { RecordingFacts } from '../../src/check/recording/recording-facts.ts';
import type { RecordSettings } from '../../src/config/schema.ts';
import { record } from '../../src/config/settings/record.ts';
import { SqlError } from '../../src/core/failure.ts';
import type { Context } from '../../src/core/ports.ts';
import type { Recording } from '../../src/core/recording.ts';
import type { Address } from '../../src/core/server.ts';
import { startRecording } from '../../src/record/start-recording.ts';
import { splitStatements } from '../../src/sql/split-statements.ts';
import { unwrap } from './unwrap.ts';

/** A check of a recording with its SQL: `setup` is what production has. */
export interface RecordingExample {
  readonly check: string;
  readonly setup: string;
  readonly bad: string;
  readonly good: string;
  /** Where the defaults would take seconds to reach. */
  readonly limits: Partial<RecordSettings['limits']>;
}

/** Short enough for a test, and far longer than what an example does besides sleeping, once that is taken out. */
const sleepy: Readonly<Record<string, RecordingExample['limits']>> = {
  'long-lock': { longLockMs: 200, statementMs: 1_000 },
  'long-transaction': { transactionMs: 200 },
  duration: { migrationMs: 200 },
};

const checks = join(import.meta.dirname, '../../src/check');

/** The example in a check's folder; undefined where it has none. */
export function readExample(check: string): RecordingExample | undefined {
  // The checks of the traffic share a folder.
  const folder = existsSync(join(checks, 'stalls', check)) ? join(checks, 'stalls', check) : join(checks, check);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  if (!existsSync(join(folder, 'bad.sql'))) return undefined;
  const setup = existsSync(join(folder, 'setup.sql')) ? read('setup.sql') : readFileSync(join(checks, 'recording/setup.sql'), 'utf8');
  return { check, setup, bad: read('bad.sql'), good: read('good.sql'), limits: sleepy[check] ?? {} };
}

export function exampleSettings({ limits }: RecordingExample): RecordSettings {
  return record.parse({ limits });
}

export interface RecordedExample {
  readonly recording: Recording;
  readonly facts: { readonly before: RecordingFacts; readonly after: RecordingFacts };
}

/** Runs a script through the flight recorder, statement by statement, up to its first error. Statements know their lines. */
export async function recordScript(context: Context, address: Address, file: string, script: string): Promise<RecordedExample> {
  const { postgres } = context.edge;
  const read = async () => {
    await using session = unwrap(await postgres.connect(address));
    return await readRecordingFacts(session);
  };
  const before = await read();
  await using recorder = unwrap(await startRecording(context, { admin: address, target: address }));
  {
    await using session = unwrap(await postgres.connect(recorder.address));
    for (const { text } of splitStatements(script)) {
      try {
        await session.execute(text);
      } catch (error) {
        if (!(error instanceof SqlError)) throw error;
        break;
      }
    }
  }
  const recording = unwrap(await recorder.stop());
  const mine = recording.statements.map((statement) => {
    const line = splitStatements(script).find(({ text }) => text === statement.text)?.line;
    return { ...statement, migration: file, ...(line === undefined ? {} : { place: { file, line } }) };
  });
  return { recording: { ...recording, statements: mine }, facts: { before, after: await read() } };
}

/**
 * The same recording on a clock that goes a thousand times slower except while the script sleeps on purpose, so that a busy machine makes nothing long.
 * The order of everything stays as it was.
 */
export function onQuietMachine(recording: Recording): Recording {
  const asleep = recording.statements.filter(({ text }) => /pg_sleep/.test(text)).map(({ startedMs, endedMs }) => [startedMs, endedMs] as const);
  const at = (ms: number) => {
    const slept = asleep.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(ms, to) - from), 0);
    return slept + (ms - slept) / 1_000;
  };
  return {
    ...recording,
    endedMs: at(recording.endedMs),
    transactions: recording.transactions.map((one) => ({ ...one, beginMs: at(one.beginMs), endMs: at(one.endMs) })),
    statements: recording.statements.map((one) => ({ ...one, startedMs: at(one.startedMs), endedMs: at(one.endedMs) })),
    locks: recording.locks.map(({ grantedMs, ...one }) => ({
      ...one,
      requestedMs: at(one.requestedMs),
      ...(grantedMs === undefined ? {} : { grantedMs: at(grantedMs) }),
      releasedMs: at(one.releasedMs),
      withinMs: one.withinMs / 1_000,
    })),
  };
}
