import type { Secret } from './secret.ts';

export type TlsMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

/** Where a database is and how to get in. The password never leaves its Secret except on the wire or in a child's environment. */
export interface Address {
  /** Host name, IP address, or the folder of a Unix socket. */
  readonly host: string;
  /** The IP address to connect to instead of looking `host` up (libpq’s hostaddr), as behind a tunnel; `host` is then the name that certificates must have. */
  readonly hostAddress?: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: Secret;
  readonly tls: TlsMode;
  /** A file, or `system` for the machine's own authorities. */
  readonly tlsRootCertificate?: string;
  /** Files of a client certificate and its unencrypted key. */
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  readonly channelBinding?: 'require';
  /** Extra start-up options, such as `-c statement_timeout=0`. */
  readonly options?: string;
}

/** How an address is shown: no password, ever. */
export function showAddress(address: Address): string {
  return `${address.user}@${address.host}:${address.port}/${address.database}`;
}

/** Postgres binaries that we may start a server from. */
export interface ServerBuild {
  readonly kind: 'embedded' | 'installed';
  readonly major: number;
  /** As the binary says: `18.4`. */
  readonly version: string;
  readonly binFolder: string;
  /** Names of the extensions whose control files are there. */
  readonly extensions: readonly string[];
  /** Where it was found, for messages: `npm package pg18-linux-x64`, `/usr/lib/postgresql/15`. */
  readonly origin: string;
}

/** What a new server must have in common with the source so that text sorts and compares the same. */
export interface LocaleSettings {
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  readonly provider: 'libc' | 'icu' | 'builtin';
  /** ICU or builtin locale name. */
  readonly providerLocale?: string;
  readonly icuRules?: string;
}

/** A server that we own and that is running. */
export interface RunningServer {
  readonly id: string;
  readonly build: ServerBuild;
  /** Superuser access to the server's main database. */
  readonly admin: Address;
  readonly dataFolder: string;
  readonly logFile: string;
  readonly pid: number;
}

/** A frozen, stopped data directory that clones start from. */
export interface Image {
  readonly id: string;
  readonly build: ServerBuild;
  readonly dataFolder: string;
  /** The database inside that holds the copy; same name as at the source. */
  readonly database: string;
  /** ISO 8601: the instant of production that the data shows. */
  readonly dataAsOf: string;
  readonly sizeBytes: number;
  /** Access for the bootstrap superuser of every clone. */
  readonly adminUser: string;
}
