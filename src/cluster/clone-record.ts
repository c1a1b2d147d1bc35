import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '../core/secret.ts';
import type { ServerBuild } from '../core/server.ts';
import { writeWhole } from './write-whole.ts';

/** The user and password by which an application enters a clone. */
export interface WantedLogin {
  readonly user: string;
  readonly password: Secret;
}

/** What it takes to start a clone again and to get in: kept in its own folder (0600), since the ledger holds no secrets. */
export interface CloneRecord {
  readonly build: ServerBuild;
  readonly settings: Readonly<Record<string, string | number>>;
  /** The data folder of the image that it was made from. */
  readonly imageData: string;
  readonly login?: WantedLogin;
}

export async function writeCloneRecord(folder: string, { build, settings, imageData, login }: CloneRecord): Promise<void> {
  const text = JSON.stringify({ build, settings, imageData, ...(login && { login: { user: login.user, password: login.password.reveal() } }) });
  await writeWhole(join(folder, 'clone.json'), text);
}

/** Undefined for a clone that is being made or removed. */
export async function readCloneRecord(folder: string): Promise<CloneRecord | undefined> {
  const text = await readFile(join(folder, 'clone.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { build, settings, imageData, login } = JSON.parse(text) as Omit<CloneRecord, 'login'> & { login?: { user: string; password: string } };
  return { build, settings, imageData, ...(login && { login: { user: login.user, password: new Secret(login.password) } }) };
}
