import { type Failure, failure } from '../core/failure.ts';

/** The failure of an initdb or a server that did not start: with its last lines, and told apart when the disk is full. */
export function startFailure(what: string, said: string, object: string): Failure {
  const lines = said.trim().split('\n').slice(-5).join(' / ');
  const code = said.includes('No space left on device') ? 'disk-short' : 'server-start-failed';
  return failure(code, `${what}: ${lines || 'it said nothing'}`, { object });
}
