import { failure } from '../../../core/failure.ts';
import type { LineMeaning } from '../start-way.ts';

/** What a line of session-manager-plugin says, by its source (1.2.x): it ends with exit code 0 whatever happened, so that its words are all there is. */
export function readPluginLine(line: string, destination: string): LineMeaning {
  if (/^Port \d+ opened for sessionId /.test(line)) return 'listening';
  if (line.startsWith('Connection to destination port failed')) {
    return failure('tunnel-destination-refused', `the machine in between can’t connect to ${destination}: the name is unknown there, or the port is refused`, {
      object: destination,
    });
  }
  const refused = /^Cannot perform start session: (.*)$/.exec(line)?.[1];
  if (refused !== undefined) {
    return refused.includes('address already in use')
      ? failure('tunnel-port-taken', `session-manager-plugin couldn’t listen: ${refused}`)
      : failure('tunnel-failed', `session-manager-plugin couldn’t begin the session: ${refused}`);
  }
  if (/^(Invalid Operation|Unknown operation)/.test(line)) {
    return failure('tunnel-failed', `session-manager-plugin doesn’t understand how it was called: ${line}`, {
      cure: 'Install a newer session-manager-plugin.',
    });
  }
  // The service ended the session, for the reason that follows.
  const ended = /^SessionId: \S+ : (.*)$/.exec(line)?.[1];
  if (ended !== undefined) return failure('tunnel-lost', `the session was ended: ${ended}`);
  if (/^Session: \S+ timed out\.?$/.test(line)) return failure('tunnel-lost', 'the session timed out, and could not be taken up again');
  if (line.startsWith('Terminate signal received')) return failure('tunnel-lost', 'session-manager-plugin was told to end by a signal');
  return undefined;
}
