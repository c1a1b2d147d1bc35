import type { Edge } from '../core/ports.ts';
import { makePostgres } from './postgres/make-postgres.ts';
import { makeSystem } from './system/make-system.ts';

/** The outside world: Postgres servers and this machine. Handed to every room, so that none reaches out by itself. */
export function makeEdge(): Edge {
  return { postgres: makePostgres(), system: makeSystem() };
}
