import { spawn } from 'node:child_process';
import pg from 'pg';
import type { Address } from '../../src/core/server.ts';

/** node's own client, on an address of a proxy or of a server. */
export async function connectClient(address: Address, options: pg.ClientConfig = {}): Promise<pg.Client> {
  const { host, port, user, database, password } = address;
  const client = new pg.Client({ host, port, user, database, ssl: false, ...(password && { password: password.reveal() }), ...options });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Runs a program of Debian's client package to its end. `sslmode` and the like go into `env`. */
export async function runClient(
  command: 'psql' | 'pgbench' | string,
  address: Address,
  args: readonly string[],
  { input = '', env = {} }: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(command, [...args], {
    env: {
      PATH: process.env.PATH ?? '',
      LC_ALL: 'C.UTF-8',
      PGHOST: address.host,
      PGPORT: String(address.port),
      PGUSER: address.user,
      PGDATABASE: address.database,
      ...(address.password && { PGPASSWORD: address.password.reveal() }),
      PSQLRC: '/dev/null',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve).once('error', reject);
  });
  return { code, stdout, stderr };
}
