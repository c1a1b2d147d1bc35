import { afterAll, beforeAll } from 'vitest';
import { ProductionServer } from '../scenarios/production-server.ts';
import type { Production } from './stage.ts';

/** Starts a server for the tests of this file, and ends it after them. */
export function useProduction(major: 15 | 18 = 18): Production {
  let server: ProductionServer;
  beforeAll(async () => {
    server = await ProductionServer.start(major);
  });
  afterAll(async () => await server[Symbol.asyncDispose]());
  return {
    get admin() {
      return { host: '127.0.0.1', port: server.port, database: 'postgres', user: 'postgres', tls: 'disable' } as const;
    },
    url: (database) => server.url(encodeURIComponent(database)),
  };
}
