import { judgeStalls } from '../src/check/stalls/judge-stalls.ts';
import { record } from '../src/config/settings/record.ts';
import { traffic as trafficSettings } from '../src/config/settings/traffic.ts';
import type { Finding } from '../src/core/finding.ts';
import type { Context } from '../src/core/ports.ts';
import type { Address } from '../src/core/server.ts';
import { startRecording } from '../src/record/start-recording.ts';
import { splitStatements } from '../src/sql/split-statements.ts';
import { startTraffic } from '../src/traffic/start-traffic.ts';
import { worstStalls } from '../src/traffic/worst-stalls.ts';
import { unwrap } from '../test/support/unwrap.ts';

/** Without the long reader: what it does depends on when the migration starts. */
const settings = trafficSettings.parse({ longReaderSeconds: 0 });

/** Runs a script under the flight recorder while its tables are read and written, and judges what those sessions met. */
export async function underTraffic(context: Context, address: Address, script: string): Promise<readonly Finding[]> {
  await using recorder = unwrap(await startRecording(context, { admin: address, target: address }));
  await using traffic = unwrap(await startTraffic(context, { admin: address, elapsedMs: recorder.elapsedMs, settings, scripts: [script] }));
  {
    await using session = unwrap(await context.edge.postgres.connect(recorder.address));
    for (const { text } of splitStatements(script)) await session.execute(text);
  }
  const recorded = unwrap(await recorder.stop());
  const statements = recorded.statements.map((statement) => ({ ...statement, migration: 'bad.sql' }));
  const met = await traffic.stop(statements);
  const recording = { ...recorded, statements };
  const report = { ...met, stalls: worstStalls(met, recording) };
  return judgeStalls({ report, recording, settings: { record: record.parse({}), traffic: settings } }).findings;
}
