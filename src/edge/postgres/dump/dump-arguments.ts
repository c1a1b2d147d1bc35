import type { PgDumpRequest } from '../../../core/ports.ts';

/** A dump must not wait for ever behind somebody's ALTER TABLE on production. */
const LOCK_WAIT_MS = 60_000;

/**
 * pg_dump opens a read-only transaction by itself; this holds for whatever else runs on its connection. Compiling its queries takes longer than running them: a third
 * of the server's time for 5,000 tables.
 */
export const SESSION_OPTIONS = '-c default_transaction_read_only=on -c jit=off';

/** The arguments of a schema dump; the same for the native and the WebAssembly pg_dump, and known to all majors since 12. */
export function dumpArguments(request: PgDumpRequest = {}): readonly string[] {
  return [
    '--schema-only',
    '--encoding=UTF8',
    `--lock-wait-timeout=${LOCK_WAIT_MS}`,
    ...(request.section === undefined ? [] : [`--section=${request.section}`]),
    ...(request.snapshot === undefined ? [] : [`--snapshot=${request.snapshot}`]),
    ...(request.extra ?? []),
  ];
}
