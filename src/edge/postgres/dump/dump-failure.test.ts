import { expect, test } from 'vitest';
import { dumpFailure } from './dump-failure.ts';

const address = { host: 'production.invalid', port: 5432, database: 'shop', user: 'reader', tls: 'require' } as const;

test.each([
  ['pg_dump: error: query failed: SSL SYSCALL error: EOF detected', 'source-lost'],
  ['pg_dump: error: query failed: SSL SYSCALL error: Connection reset by peer', 'source-lost'],
  ['pg_dump: error: query failed: SSL connection has been closed unexpectedly', 'source-lost'],
  ['pg_dump: error: query failed: server closed the connection unexpectedly', 'source-lost'],
  ['pg_dump: error: connection to server at "127.0.0.1" failed: server does not support SSL, but SSL was required', 'tls-failed'],
  ['pg_dump: error: connection to server at "127.0.0.1" failed: SSL error: certificate verify failed', 'tls-failed'],
  ['pg_dump: error: connection to server at "127.0.0.1" failed: Connection refused', 'source-unreachable'],
])('%s is %s', (said, code) => {
  expect(dumpFailure(address, said).code).toBe(code);
});
