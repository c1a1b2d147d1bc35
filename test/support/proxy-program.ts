import { createInterface } from 'node:readline';
import { startProxy } from '../../src/record/proxy/start-proxy.ts';
import { testContext } from './test-context.ts';
import { unwrap } from './unwrap.ts';

/**
 * A proxy in a process of its own, so that its memory is nobody else's. Arguments: port and database of the server on 127.0.0.1. Tells in JSON, a line each, its
 * port, the statements that ended, and after each line that it is sent the most memory that it has had, in bytes. It ends with its input.
 */
const [port = '', database = ''] = process.argv.slice(2);
const say = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);
const target = { host: '127.0.0.1', port: Number(port), database, user: 'postgres', tls: 'disable' } as const;
const question = { name: 'ours', text: 'select pg_catalog.pg_backend_pid()' };
await using proxy = unwrap(
  await startProxy(testContext(), {
    target,
    hooks: {
      onOpen: () => {},
      onClose: () => {},
      onStart: () => {},
      onStatement: ({ text, textCut, tag, rows, error }) => say({ textLength: text.length, textCut, tag, rows, sqlstate: error?.sqlstate }),
      atReady: async ({ ask }) => void (await ask?.(question, [])),
      isOurs: () => false,
    },
  }),
);
say({ port: proxy.address.port });
// The kernel's high-water mark is in kilobytes.
for await (const _ of createInterface({ input: process.stdin })) say({ peakBytes: process.resourceUsage().maxRSS * 1024 });
