import { describe, expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { untilTrue } from '../../../test/support/until-true.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import type { HostedClone } from '../../core/clone-host.ts';
import type { Event } from '../../core/event.ts';
import { failure } from '../../core/failure.ts';
import type { Address } from '../../core/server.ts';
import type { RehearseRequest } from '../request.ts';
import { goOn, Run, stop } from '../run.ts';
import { Isolation } from './isolation.ts';

interface Scene {
  readonly run: Run;
  readonly clone: HostedClone;
  readonly address: Address;
  readonly interrupt: () => void;
  /** Comes as a stranger would, and goes. */
  readonly intrude: () => Promise<void>;
}

/** What of isolation a run told: the gates' phases and outcomes, in order. */
async function toldBy(use: (scene: Scene) => Promise<void>, { attested = true } = {}): Promise<readonly string[]> {
  const told: string[] = [];
  await withDatabase(18, '', async (address, sql) => {
    const interruption = new AbortController();
    const outside = testContext();
    const emit = (event: Event) => void (event.type === 'gate' && told.push(`${event.gate.phase} ${event.gate.outcome}`));
    const run = new Run({ ...outside, emit, signal: interruption.signal }, () => {});
    const isolation = { attestation: 'nobody is told', by: 'dba', at: '2026-01-31T09:00:00Z' };
    const settings = { gates: [], ...(attested ? { isolation } : {}) };
    run.follower = new Isolation(run, { settings, folder: '/' } as unknown as RehearseRequest, outside.edge);
    const clone = { id: 'c', label: 'c', admin: address, login: address } as unknown as HostedClone;
    try {
      await run.follower.follow(run.context, clone);
      await use({
        ...{ run, clone, address, interrupt: () => interruption.abort() },
        intrude: async () => {
          const stranger = unwrap(await outside.edge.postgres.connect(address, { applicationName: 'psql' }));
          await stranger.close();
          // A session that is no longer listed has been counted.
          const listed = `select from pg_stat_activity where pid = ${stranger.backendPid}`;
          await untilTrue('it is gone', async () => (await sql(listed)).rowCount === 0);
        },
      });
      await run.end();
    } finally {
      await run.release();
    }
  });
  return told;
}

const goes = async () => goOn(undefined, 'passed', '');
const stops = async () => stop(failure('migration-failed', 'it failed'), 'failed');

describe('isolation is told once, whatever way a run ends', () => {
  test('after its last phase', async () => {
    expect(
      await toldBy(async ({ run }) => {
        await run.phase('compatibility', goes);
        await run.phase('rollback', goes);
      }),
    ).toEqual(['verdict passed']);
  });

  test('after a phase that failed, and nothing comes after it', async () => {
    expect(await toldBy(async ({ run }) => void (await run.phase('migrate', stops)))).toEqual(['migrate passed']);
  });

  test('when it was interrupted', async () => {
    const interrupted = async ({ run, interrupt }: Scene) => {
      interrupt();
      await run.phase('compatibility', goes);
    };
    expect(await toldBy(interrupted)).toEqual(['compatibility passed']);
  });

  test('at once where somebody attests that nobody is there, and the run ends with it', async () => {
    const intruded = async ({ run, intrude }: Scene) => {
      await run.phase('compatibility', async () => {
        await intrude();
        return await goes();
      });
      expect(await run.phase('rollback', goes)).toBeUndefined();
    };
    expect(await toldBy(intruded)).toEqual(['compatibility inconclusive']);
  });

  test('at the end where nobody does', async () => {
    const intruded = async ({ run, intrude }: Scene) => {
      await run.phase('compatibility', goes);
      await intrude();
      expect(await run.phase('rollback', goes)).toBeDefined();
    };
    // It only warns.
    expect(await toldBy(intruded, { attested: false })).toEqual(['verdict inconclusive']);
  });

  test('not at all where there never was a clone', async () => {
    const told: Event[] = [];
    const outside = testContext();
    const run = new Run({ ...outside, emit: (event) => told.push(event) }, () => {});
    run.follower = new Isolation(run, { settings: { gates: [] }, folder: '/' } as unknown as RehearseRequest, outside.edge);
    await run.phase('preconditions', stops);
    await run.end();
    expect(told.filter(({ type }) => type === 'gate')).toEqual([]);
  });
});

test('of the clone after which it follows no way leads to another one, and none leads in when it has left', async () => {
  await toldBy(async ({ run, address }) => {
    const elsewhere = { ...address, database: 'postgres' };
    expect(run.context.entrance?.(elsewhere)).toEqual(elsewhere);
    const way = run.context.entrance?.({ ...address, user: 'somebody' });
    expect(way).toMatchObject({ database: address.database, user: 'somebody', host: '127.0.0.1', tls: 'disable' });
    expect(way?.port).not.toBe(address.port);
    await run.follower?.leave();
    expect(run.context.entrance?.(address)).toEqual(address);
  });
});
