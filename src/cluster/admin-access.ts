import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '../core/secret.ts';
import type { Address } from '../core/server.ts';
import { adminUser } from './admin-user.ts';
import { writeWhole } from './write-whole.ts';

/** A password that needs no quoting anywhere. */
export function randomPassword(): Secret {
  return new Secret(randomBytes(24).toString('hex'));
}

/** Makes the superuser's password of a server and keeps it in the server's own folder (0600), for runs to come and for `gc`. */
export async function writeAdminPassword(folder: string, password = randomPassword()): Promise<Secret> {
  await writeWhole(passwordFile(folder), password.reveal());
  return password;
}

export async function readAdminPassword(folder: string): Promise<Secret> {
  return new Secret(await readFile(passwordFile(folder), 'utf8'));
}

/** The superuser's way into a server of ours. */
export function adminAddress(port: number, database: string, password: Secret): Address {
  return { host: '127.0.0.1', port, database, user: adminUser, password, tls: 'disable' };
}

function passwordFile(folder: string): string {
  return join(folder, 'admin-password');
}
