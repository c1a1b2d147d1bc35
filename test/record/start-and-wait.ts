import { startRecording } from '../../src/record/start-recording.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';

/** Starts a recorder in a process of its own, says so, and waits to be killed. Arguments: port and database of a server on this machine. */
const [port = '', database = ''] = process.argv.slice(2);
const admin = { host: '127.0.0.1', port: Number(port), database, user: 'postgres', tls: 'disable' } as const;
const recorder = unwrap(await startRecording(testContext(), { admin, target: admin }));
process.stdout.write(`${recorder.address.port}\n`);
setInterval(() => {}, 1_000);
