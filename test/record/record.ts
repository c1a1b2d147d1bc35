import pg from 'pg';
import type { RecordedStatement, Recording } from '../../src/core/recording.ts';
import type { Address } from '../../src/core/server.ts';
import { type RecordingRequest, startRecording } from '../../src/record/start-recording.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';

/** A client that is there for the length of a block. */
export async function withClient<T>(address: Address, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ host: address.host, port: address.port, user: address.user, database: address.database });
  // A server that goes away says so to whoever listens.
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Records what happens on the address that is handed over. */
export async function record(address: Address, use: (recorded: Address) => Promise<void>, more: Partial<RecordingRequest> = {}): Promise<Recording> {
  await using recorder = unwrap(await startRecording(testContext(), { admin: address, target: address, ...more }));
  await use(recorder.address);
  return unwrap(await recorder.stop());
}

/** Runs statements one by one in one session through the recorder; errors are the server's answer and nothing else. */
export async function recordStatements(address: Address, statements: readonly string[], more: Partial<RecordingRequest> = {}): Promise<Recording> {
  return await record(
    address,
    async (recorded) => {
      await withClient(recorded, async (client) => {
        for (const statement of statements) await client.query(statement).catch(() => {});
      });
    },
    more,
  );
}

/** The name of a relation in a recording. */
export function nameIn(recording: Recording, oid: number | undefined): string | undefined {
  return recording.relations.find((relation) => relation.oid === oid)?.name;
}

/** The statement with this text. */
export function statementOf(recording: Recording, text: string): RecordedStatement {
  const found = recording.statements.find((statement) => statement.text === text);
  if (found === undefined) throw new Error(`not recorded: ${text}`);
  return found;
}
