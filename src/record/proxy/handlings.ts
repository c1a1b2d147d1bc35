import type { Handling } from './message-reader.ts';
import { backend, frontend } from './messages.ts';
import { messageLimitBytes } from './statement-texts.ts';

/** What becomes of messages: most go by unread. */
export const passing: Handling = { kept: false };
/** Not handed on until somebody has looked at all of it. */
export const kept: Handling = { kept: true, bodyLimit: Number.POSITIVE_INFINITY };

const short: Handling = { kept: false, bodyLimit: 64 * 1024 };
const noticed: Handling = { kept: false, bodyLimit: 0 };
/** Parameters' values needn't be read: names stand first. */
const named: Handling = { kept: false, bodyLimit: 1024 };
const statement: Handling = { kept: false, bodyLimit: messageLimitBytes };

/** Of a client. */
export const ofClient: ReadonlyMap<number, Handling> = new Map([
  [frontend.query, statement],
  [frontend.parse, statement],
  [frontend.bind, named],
  [frontend.describe, named],
  [frontend.execute, named],
  [frontend.close, named],
  [frontend.functionCall, named],
  [frontend.sync, noticed],
  [frontend.copyDone, noticed],
  [frontend.copyFail, noticed],
  [frontend.terminate, noticed],
]);

/** Of the server. */
export const ofServer: ReadonlyMap<number, Handling> = new Map([
  [backend.parseComplete, noticed],
  [backend.bindComplete, noticed],
  [backend.closeComplete, noticed],
  [backend.rowDescription, noticed],
  [backend.noData, noticed],
  [backend.copyIn, noticed],
  [backend.emptyQuery, noticed],
  [backend.portalSuspended, noticed],
  [backend.functionResult, noticed],
  [backend.commandComplete, short],
  [backend.error, short],
  [backend.backendKey, short],
  [backend.parameterStatus, short],
  [backend.ready, kept],
]);
