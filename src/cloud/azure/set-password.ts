import { randomBytes } from 'node:crypto';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { Secret } from '../../core/secret.ts';
import type { Attempt } from './attempt.ts';
import { azureServer } from './server.ts';
import { change } from './wait-for-operation.ts';

/** Gives the restored server's administrator a random password that only this process knows, so that production's, which it was restored with, opens nothing. */
export async function setPassword(context: Context, { account, wish, production }: Attempt, identifier: string): Promise<Result<Secret>> {
  const password = new Secret(randomPassword(production.administratorLogin ?? ''));
  const doing = `setting a password on ${identifier}`;
  context.emit({ type: 'step', phase: 'provision', text: `Setting a password of our own on ${identifier}` });
  const input = { server: identifier, administratorLoginPassword: password.reveal() };
  // Given up by our own patience only: a change that goes on unwatched could end after the next one.
  const changed = await change(context, { ...wish, doing }, azureServer(account, identifier), () => account.call('Servers_Update', input));
  return changed.ok ? ok(password) : changed;
}

/** Azure wants three of four kinds of characters, and not the login inside: https://learn.microsoft.com/azure/postgresql/flexible-server/security-access-control. */
export function randomPassword(login: string): string {
  for (;;) {
    const password = randomBytes(30).toString('base64url');
    const kinds = [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(password));
    if (kinds && (login === '' || !password.toLowerCase().includes(login.toLowerCase()))) return password;
  }
}
