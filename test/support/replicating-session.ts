import pg from 'pg';
import type { Address } from '../../src/core/server.ts';

/** Runs SQL as who replicates a database may, and stays connected while `use` runs. */
export async function whileReplicating(address: Address, sql: string, use: () => Promise<void>): Promise<void> {
  const { host, port, user, database } = address;
  // @types/pg doesn't know the option, which goes into the start-up packet.
  const client = new pg.Client({ host, port, user, database, replication: 'database' } as pg.ClientConfig);
  await client.connect();
  try {
    await client.query(sql);
    await use();
  } finally {
    await client.end();
  }
}
