import { randomBytes } from 'node:crypto';
import type { Session } from '../../src/core/ports.ts';
import type { Address } from '../../src/core/server.ts';
import type { Probe, SamePair } from '../../src/schema/probes/probe.ts';
import { dropSubscriptions, type ScriptNames, writeProbeScript } from '../../src/schema/probes/write-script.ts';
import { type Major, testServer, withDatabase } from '../support/databases.ts';
import { ask } from '../support/own-server.ts';
import { testContext } from '../support/test-context.ts';

/** Names of roles and of a tablespace, which belong to the whole server, for one test file. */
export function probeNames(): Required<Pick<ScriptNames, 'role' | 'other' | 'space'>> {
  const random = randomBytes(4).toString('hex');
  return { role: `r1_${random}`, other: `r2_${random}`, space: `space_${random}` };
}

export async function makeProbeNames(major: Major, { role, other, space }: ReturnType<typeof probeNames>): Promise<void> {
  await ask(testServer(major), `create role ${role}; create role ${other}`);
  const connected = await testContext().edge.postgres.connect(testServer(major));
  if (!connected.ok) throw new Error(connected.failure.message);
  await using session = connected.value;
  // In a folder of the server's own: nothing has to be made beside it.
  await session.execute('set allow_in_place_tablespaces = on');
  await session.execute(`create tablespace ${space} location ''`);
}

export async function dropProbeNames(major: Major, { role, other, space }: ReturnType<typeof probeNames>): Promise<void> {
  await ask(testServer(major), `drop tablespace ${space}`);
  await ask(testServer(major), `drop role ${role}; drop role ${other}`);
}

/** Two databases, in each of which one side of all probes is made. */
export function withProbes<T>(
  major: Major,
  probes: readonly (Probe | SamePair)[],
  names: ScriptNames,
  use: (left: Address, right: Address) => Promise<T>,
): Promise<T> {
  const script = (side: 'left' | 'right') => writeProbeScript(probes, side, major, names);
  return withDatabase(major, script('left'), (left) =>
    withDatabase(major, script('right'), async (right) => {
      const result = await use(left, right);
      // A database with a subscription can't be dropped.
      for (const side of [left, right]) await ask(side, dropSubscriptions);
      return result;
    }),
  );
}

export async function withSessions<T>(left: Address, right: Address, use: (one: Session, other: Session) => Promise<T>): Promise<T> {
  const { edge } = testContext();
  const [a, b] = [await edge.postgres.connect(left), await edge.postgres.connect(right)];
  if (!a.ok || !b.ok) throw new Error('no session');
  await using one = a.value;
  await using other = b.value;
  return await use(one, other);
}
