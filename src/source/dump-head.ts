/** What the first lines of a script made by pg_dump or pg_dumpall tell. */
export interface DumpHead {
  /** `cluster`: made by pg_dumpall. `none`: made by hand or another tool. */
  readonly madeBy: 'pg_dump' | 'cluster' | 'none';
  readonly serverVersion?: string;
  /** ISO 8601; only `pg_dump --verbose` writes it. */
  readonly startedAt?: string;
  /** As Postgres calls it. */
  readonly encoding: string;
}

export function readDumpHead(head: string): DumpHead {
  const madeBy = /^-- PostgreSQL database cluster dump\r?$/m.test(head) ? 'cluster' : /^-- PostgreSQL database dump\r?$/m.test(head) ? 'pg_dump' : 'none';
  const serverVersion = /^-- Dumped from database version (\S+)/m.exec(head)?.[1];
  const started = /^-- Started on (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (UTC|GMT|[+-]\d\d(?::?\d\d)?)\r?$/m.exec(head);
  const startedAt = started === null ? undefined : new Date(`${started[1]?.replace(' ', 'T')}${zone(started[2])}`);
  const encoding = /^SET client_encoding = '([^']+)';/im.exec(head)?.[1] ?? 'UTF8';
  return {
    madeBy,
    encoding: encoding.toUpperCase(),
    ...(serverVersion === undefined ? {} : { serverVersion }),
    ...(startedAt === undefined || Number.isNaN(startedAt.getTime()) ? {} : { startedAt: startedAt.toISOString() }),
  };
}

/** Names of time zones other than UTC (CET, EST) mean different things in different places: such a time isn't used. */
function zone(text: string | undefined): string {
  if (text === undefined || /^[A-Z]/.test(text)) return 'Z';
  return text.length === 3 ? `${text}:00` : text;
}

/** pg_dump's last comment, after which only `\unrestrict` may stand. */
export function hasDumpTrailer(tail: string): boolean {
  return /^-- PostgreSQL database (cluster )?dump complete\r?$/m.test(tail);
}
