import { once } from 'node:events';
import type { Context } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';

/** A connection to a port of this machine as it is, without log-in and without TLS of ours. */
export function loopback(port: number): Address {
  return { host: '127.0.0.1', port, database: '', user: '', tls: 'disable' };
}

/** GSSENCRequest of the Postgres protocol: answered with one byte by every server since 12, whoever asks, and a client that then goes leaves no line in its log. */
const question = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30]);

/** `answered`: a byte came from the far server. `closed`: the connection was made and ended without one. */
export type Exchange = 'answered' | 'closed' | 'silent';

/** Asks the server behind a port the smallest thing that it answers: proof that a way goes through, and traffic that keeps it from being taken for idle. */
export async function exchange({ edge }: Pick<Context, 'edge'>, port: number, withinMs: number, signal: AbortSignal): Promise<Exchange> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  const opened = await edge.postgres.openWire(loopback(port), limit);
  if (!opened.ok) return 'closed';
  const wire = opened.value;
  try {
    wire.on('error', () => {});
    wire.write(question);
    const answer = await Promise.race([once(wire, 'data', { signal: limit }), once(wire, 'end', { signal: limit }), once(wire, 'close', { signal: limit })]);
    return answer.length > 0 && Buffer.isBuffer(answer[0]) ? 'answered' : 'closed';
  } catch {
    return limit.aborted ? 'silent' : 'closed';
  } finally {
    wire.destroy();
  }
}
