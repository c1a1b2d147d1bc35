import { resolve } from 'node:path';
import type { Throwaway, TunnelWish } from '../../core/cloud.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { openAddress } from '../../source/url.ts';
import { keepOpen } from '../source/open-live.ts';
import { openWay } from './open-place.ts';
import { untilPasswordHolds } from './until-password-holds.ts';

export interface ThrowawayReading {
  /** What it is a copy of, for people. */
  readonly label: string;
  readonly tunnel: TunnelWish;
  readonly tlsRootCertificate?: string | undefined;
  readonly folder: string;
  /** Milliseconds between two log-ins while the server doesn't know its new password yet. */
  readonly passwordPauseMs: number;
}

/**
 * Reads a server that was restored for us like a replica, through its tunnel. Closing the source closes session and tunnel, and deletes the server; it returns when
 * that one is gone, as it does before a failure is given. What could not be removed is told as an event.
 */
export async function readThrowaway(context: Context, throwaway: Throwaway, reading: ThrowawayReading): Promise<Result<LiveSource>> {
  context.hide?.(throwaway.password);
  const opened = await openThrowaway(context, throwaway, reading).catch(async (error: unknown) => {
    await throwaway[Symbol.asyncDispose]();
    throw error;
  });
  return await keepOpen(opened, throwaway, { restoredForUs: true, identifier: throwaway.identifier });
}

async function openThrowaway(context: Context, throwaway: Throwaway, reading: ThrowawayReading): Promise<Result<LiveSource>> {
  const { kind, endpoint, user, password, database, dataAsOf, restoredFrom } = throwaway;
  const { tlsRootCertificate, folder, passwordPauseMs } = reading;
  const address: Address = {
    ...endpoint,
    database,
    user,
    password,
    ...(tlsRootCertificate === undefined ? { tls: 'require' } : { tls: 'verify-full', tlsRootCertificate: resolve(folder, tlsRootCertificate) }),
  };
  const way = await openWay(context, address, reading.tunnel, { passwordIsNew: true });
  if (!way.ok) return way;
  const label = `${reading.label}, ${restoredFrom}`;
  const live = await untilPasswordHolds(context, () => openAddress(context, way.value.address, { kind, label, allowPrimary: true }), passwordPauseMs);
  return await keepOpen(live, way.value, live.ok ? { facts: { ...live.value.facts, dataAsOf } } : {});
}
