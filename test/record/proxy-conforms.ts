import fc from 'fast-check';
import { expect } from 'vitest';
import type { Address } from '../../src/core/server.ts';
import { startProxy } from '../../src/record/proxy/start-proxy.ts';
import { type Major, withDatabase } from '../support/databases.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';
import { query, RawClient } from './proxy-raw-client.ts';
import { fresh, type Step, sequences } from './proxy-sequences.ts';
import { watching } from './proxy-watching.ts';

const question = { name: 'ours', text: 'select pg_catalog.count(*) from pg_catalog.pg_locks where pid = pg_catalog.pg_backend_pid()' };

/** Runs random sequences straight and through the proxy, each in a database of its own, and compares all that the client gets. */
export async function conforms(major: Major, runs: number, seed: number): Promise<void> {
  await withDatabase(major, '', async (direct) => {
    await withDatabase(major, '', async (target) => {
      let answered = 0;
      const { hooks } = watching({
        atReady: async ({ ask }) => {
          if ((await ask?.(question, [])) !== undefined) answered++;
        },
      });
      await using proxy = unwrap(await startProxy(testContext(), { target, hooks }));
      await fc.assert(
        fc.asyncProperty(sequences, async (steps) => {
          const without = await play(direct, steps);
          const through = await play(proxy.address, steps);
          expect(through).toEqual(without);
        }),
        { numRuns: runs, seed, endOnFailure: runs > 100 },
      );
      // Else nothing was proven.
      expect(answered).toBeGreaterThan(runs * 2);
    });
  });
}

/** What came back for each step, as text. */
async function play(address: Address, steps: readonly Step[]): Promise<readonly string[]> {
  using client = await RawClient.logIn(address);
  client.socket.write(query(fresh));
  await client.untilReady(1);
  const heard: string[] = [];
  for (const { label, bytes, ready } of steps) {
    client.messages.length = 0;
    client.socket.write(bytes);
    await client.untilReady(ready);
    heard.push(`${label}\n${client.messages.map(show).join('\n')}`);
  }
  return heard;
}

/** Without what differs between any two sessions: a table's OID, a process id. */
function show({ type, body }: RawClient['messages'][number]): string {
  const bytes = Buffer.from(body);
  if (type === 'A') bytes.fill(0, 0, 4);
  if (type === 'T') {
    let at = 2;
    for (let left = bytes.readUInt16BE(0); left > 0; left--) {
      at = bytes.indexOf(0, at) + 1;
      bytes.fill(0, at, at + 4);
      at += 18;
    }
  }
  return `${type} ${bytes.toString('latin1')}`;
}
