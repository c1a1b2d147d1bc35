import { statfs } from 'node:fs/promises';

/**
 * What a server is for. `load`: filled once, then frozen. `rehearse`: lives for minutes, must behave as production does and be still otherwise.
 * `keep`: a person works on it for days.
 */
export type Purpose = 'load' | 'rehearse' | 'keep';

type Settings = Readonly<Record<string, string | number>>;

const everywhere: Settings = {
  listen_addresses: '127.0.0.1',
  // TCP with a password is the one way in: a socket's path would have to be short, safe and cleaned up as well.
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '%m [%p] ',
  lc_messages: 'C',
  // A crash of this machine costs a copy, not data.
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  shared_buffers: '128MB',
  // pg_dump of a large schema locks every table at once.
  max_locks_per_transaction: 512,
  track_counts: 'on',
  // A subscription that came over with production's schema must not pull from production.
  max_logical_replication_workers: 0,
};

const byPurpose: Readonly<Record<Purpose, Settings>> = {
  load: {
    // With minimal WAL, COPY and CREATE INDEX into a table of the same transaction write none.
    wal_level: 'minimal',
    max_wal_senders: 0,
    archive_mode: 'off',
    max_wal_size: '2GB',
    min_wal_size: '32MB',
    checkpoint_timeout: '1h',
    autovacuum: 'off',
    maintenance_work_mem: '256MB',
  },
  rehearse: { wal_level: 'replica', max_wal_size: '2GB', min_wal_size: '32MB', checkpoint_timeout: '1h', autovacuum: 'off', maintenance_work_mem: '128MB' },
  // What was committed survives the end of its server, also an immediate one; with fsync off that costs next to nothing.
  keep: { wal_level: 'replica', max_wal_size: '1GB', min_wal_size: '32MB', autovacuum: 'on', synchronous_commit: 'on' },
};

/**
 * The text of a postgresql.conf for a server of ours, which includes the one that initdb wrote.
 *
 * @param extra wins over everything but the address and the log, such as production's `timezone` or `shared_preload_libraries`.
 * @example serverSettings('rehearse', '/x/data', { timezone: 'Europe/Berlin' }, 'posix')
 */
export function serverSettings(purpose: Purpose, dataFolder: string, extra: Settings, sharedMemory: 'posix' | 'mmap'): string {
  const fixed = new Set(['listen_addresses', 'unix_socket_directories', 'port', 'logging_collector', 'log_destination', 'lc_messages']);
  const own = Object.fromEntries(Object.entries(extra).filter(([name]) => !fixed.has(name.toLowerCase())));
  const all: Settings = { ...everywhere, dynamic_shared_memory_type: sharedMemory, ...byPurpose[purpose], ...own };
  const lines = Object.entries(all).map(([name, value]) => `${settingName(name)} = ${quoted(String(value))}`);
  return [`include = ${quoted(`${dataFolder}/postgresql.conf`)}`, ...lines, ''].join('\n');
}

/** Who may connect: anyone with a password, from this machine. */
export const accessRules = 'host all all 127.0.0.1/32 scram-sha-256\nhost replication all 127.0.0.1/32 scram-sha-256\n';

/** Containers often have 64 MB of /dev/shm, which a parallel index build exceeds; files in the data folder always do. */
export async function sharedMemoryKind(): Promise<'posix' | 'mmap'> {
  try {
    const { bsize, bavail } = await statfs('/dev/shm');
    return bsize * bavail >= 512 * 1024 ** 2 ? 'posix' : 'mmap';
  } catch {
    return 'posix';
  }
}

function settingName(name: string): string {
  if (!/^[a-z_][a-z0-9_.]*$/i.test(name)) throw new Error(`not a setting’s name: ${name}`);
  return name;
}

function quoted(value: string): string {
  if (/[\r\n\0]/.test(value)) throw new Error('a setting’s value cannot hold a line break');
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
