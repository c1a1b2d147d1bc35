import { type Failure, failure, type SqlErrorFields } from '../../../core/failure.ts';
import type { FailureCode } from '../../../core/failure-catalogue.ts';
import { type Address, showAddress } from '../../../core/server.ts';

/** Sentences of pg_dump and libpq, by what they mean. The first that fits is taken. */
const meanings: readonly (readonly [RegExp, FailureCode])[] = [
  [/server version mismatch/, 'server-newer-than-clients'],
  [/permission denied|must be owner|row-level security policy/, 'privileges-missing'],
  [/password|authentication failed|no pg_hba\.conf entry|role "[^"]*" does not exist/, 'authentication-failed'],
  // How libpq says over TLS that the connection went: nothing is wrong with the certificates.
  [/query failed: SSL (?:SYSCALL error|error: unexpected eof)|SSL connection has been closed|could not (?:receive|send) data/, 'source-lost'],
  [/SSL|certificate|TLS/, 'tls-failed'],
  [/could not connect|connection to server .* failed|could not translate host name|Connection refused/, 'source-unreachable'],
  [/closed the connection|terminating connection|connection .* lost|snapshot .* does not exist|invalid snapshot identifier/, 'source-lost'],
];

/**
 * Turns what pg_dump said into a failure that names the object.
 *
 * @param said what it wrote to stderr
 * @param error the server's last error by field code, where the connection was ours
 */
export function dumpFailure(address: Address, said: string, error?: Readonly<Record<string, string>>): Failure {
  const at = showAddress(address);
  const sql = sqlFields(said, error);
  const meaning = sql?.sqlstate === '42501' ? 'privileges-missing' : meanings.find(([pattern]) => pattern.test(said))?.[1];
  const object = /for (?:table|sequence|schema|view|materialized view|function|foreign server|relation|large object) "?([^"\s]+)"?/.exec(
    sql?.message ?? said,
  )?.[1];
  const sentence = sql?.message ?? firstError(said);
  const extra = { ...(object === undefined ? {} : { object }), ...(sql === undefined ? {} : { sql }) };
  if (meaning === 'privileges-missing') {
    return failure('privileges-missing', `pg_dump at ${at}: ${sentence}`, {
      ...extra,
      cure: `Grant the right to "${address.user}"; pg_read_all_data has all that reading needs, but not BYPASSRLS.`,
    });
  }
  if (sql?.sqlstate === '57014' || sql?.sqlstate === '55P03') {
    return failure('dump-failed', `pg_dump at ${at} waited too long for a lock: ${sentence}`, {
      ...extra,
      cure: 'Something holds an exclusive lock on a table of the source: run again when it is done, or use a replica.',
    });
  }
  return failure(meaning ?? 'dump-failed', `pg_dump at ${at}: ${sentence}`, extra);
}

/** The SQLSTATE is only known where the connection was ours: pg_dump itself prints none. */
function sqlFields(said: string, error: Readonly<Record<string, string>> | undefined): SqlErrorFields | undefined {
  if (error?.C === undefined) return undefined;
  const statement = /Query was: ([\s\S]*)$/.exec(said)?.[1]?.trim();
  return {
    sqlstate: error.C,
    message: error.M ?? said,
    ...(error.D === undefined ? {} : { detail: error.D }),
    ...(error.H === undefined ? {} : { hint: error.H }),
    ...(statement === undefined ? {} : { statement }),
  };
}

function firstError(said: string): string {
  const line = said.split('\n').find((text) => text.includes('error: ')) ?? said.trim().split('\n')[0] ?? '';
  return line.replace(/^.*?error: (?:error: )?/, '').replace(/pg_dump: (?:detail|hint): .*$/, '') || 'it failed without a word';
}
