import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { Address } from '../../src/core/server.ts';

export type Major = 15 | 18;

/** The shared test server of a major version, as superuser. */
export function testServer(major: Major): Address {
  return { host: '127.0.0.1', port: inject(major === 15 ? 'port15' : 'port18'), database: 'postgres', user: 'postgres', tls: 'disable' };
}

/** Makes a database of its own for a test, hands its address over, drops it afterwards; a failed test keeps its database and says how to reach it. */
export async function withDatabase<T>(
  major: Major,
  sql: string,
  use: (address: Address, run: (sql: string) => Promise<pg.QueryResult>) => Promise<T>,
): Promise<T> {
  const server = testServer(major);
  const database = `t_${randomBytes(6).toString('hex')}`;
  // Half the time of writing a new database through the log, where nothing waits for the disk.
  await onServer(server, `create database ${database} strategy file_copy`);
  const address = { ...server, database };
  const run = async (text: string) => {
    const client = new pg.Client({ host: address.host, port: address.port, user: address.user, database });
    await client.connect();
    try {
      return await client.query(text);
    } finally {
      await client.end();
    }
  };
  try {
    if (sql !== '') await run(sql);
    const result = await use(address, run);
    await onServer(server, `drop database ${database} with (force)`);
    return result;
  } catch (error) {
    console.error(`kept: psql -h ${address.host} -p ${address.port} -U ${address.user} ${database}`);
    throw error;
  }
}

async function onServer(server: Address, sql: string): Promise<void> {
  const client = new pg.Client({ host: server.host, port: server.port, user: server.user, database: server.database });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
