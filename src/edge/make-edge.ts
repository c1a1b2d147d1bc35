import type { Edge } from '../core/ports.ts';
import { makeAws } from './aws/make-aws.ts';
import { makeObjectStore } from './aws/object-store.ts';
import { makeAzure } from './azure/make-azure.ts';
import { makePostgres } from './postgres/make-postgres.ts';
import { makeSystem } from './system/make-system.ts';
import { makeWeb } from './web/make-web.ts';

/** The outside world: Postgres servers, this machine, the web as far as applications under test are, and clouds. Handed to every room, so that none reaches out by itself. */
export function makeEdge(): Edge {
  return { postgres: makePostgres(), system: makeSystem(), web: makeWeb(), aws: makeAws(), azure: makeAzure(), objects: makeObjectStore() };
}
