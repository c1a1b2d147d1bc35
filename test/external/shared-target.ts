import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Address } from '../../src/core/server.ts';
import { ProductionServer } from '../scenarios/production-server.ts';
import { ask } from '../support/own-server.ts';
import { strangersOn } from '../support/strangers-on.ts';

/** A server that a team already has, with a database and a role of its own; whatever a test does there, only these may be left. */
export function useTarget(major: 15 | 18 = 18): { readonly admin: Address; readonly url: string } {
  let server: ProductionServer;
  const admin = () => ({ host: '127.0.0.1', port: server.port, database: 'postgres', user: 'postgres', tls: 'disable' }) as const;
  beforeAll(async () => {
    server = await ProductionServer.start(major);
    await ask(admin(), 'create database dev');
    await ask(admin(), "create role dev_user login password 'secret'");
  });
  afterEach(async () => expect(await strangersOn(admin())).toEqual(['database dev', 'role dev_user']));
  afterAll(async () => await server[Symbol.asyncDispose]());
  return {
    get admin() {
      return admin();
    },
    get url() {
      return server.url('postgres');
    },
  };
}
