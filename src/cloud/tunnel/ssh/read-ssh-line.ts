import { failure } from '../../../core/failure.ts';
import type { FailureCode } from '../../../core/failure-catalogue.ts';
import type { LineMeaning } from '../start-way.ts';

/** Sentences of OpenSSH's client, by what they mean. The first that fits is taken. */
const meanings: readonly (readonly [RegExp, FailureCode])[] = [
  [/^channel \d+: open failed: administratively prohibited/, 'ssh-forwarding-denied'],
  [/^channel \d+: open failed: /, 'tunnel-destination-refused'],
  [/REMOTE HOST IDENTIFICATION HAS CHANGED|^Host key for .* has changed|^Host key verification failed|^No .* host key is known for/, 'ssh-host-key'],
  [/Permission denied|Too many authentication failures|^Received disconnect from .*(authentication|publickey)/i, 'ssh-permission-denied'],
  [/^bind \[?127\.0\.0\.1\]?:\d+: Address already in use|cannot listen to port/, 'tunnel-port-taken'],
  [
    /^ssh: (Could not resolve hostname|connect to host)|^(kex_exchange_identification|ssh_exchange_identification|banner exchange): |^Connection timed out during banner exchange/,
    'bastion-unreachable',
  ],
  [/^Timeout, server .* not responding|^Connection (to .* closed|closed by|reset by)|^client_loop: |^Connection to \S+ timed out/, 'tunnel-lost'],
  [/Bad configuration option:|Bad owner or permissions|keyword .* missing argument|Can't open user config file|unprotected private key file/i, 'tunnel-failed'],
];

/** A host key that changed is told in a box of several lines; the one that counts is this. */
const changedKey = 'the host key has changed: somebody may be in between, or the machine was made anew';

/**
 * What a line of ssh says. Its own chatter, which `LogLevel=DEBUG1` brings, is only heard for the moment from which on it listens: it says "listening" before it
 * binds its port, and enters its loop when it has done so.
 *
 * @param destination `host:port`
 */
export function readSshLine(line: string, host: string, destination: string): LineMeaning {
  if (line.startsWith('debug')) return line.startsWith('debug1: Entering interactive session') ? 'listening' : undefined;
  const code = meanings.find(([pattern]) => pattern.test(line))?.[1];
  if (code === undefined) return undefined;
  const said = line.includes('IDENTIFICATION HAS CHANGED') ? changedKey : line.replace(/^channel \d+: open failed: /, '').trim();
  const about = code === 'tunnel-destination-refused' || code === 'ssh-forwarding-denied';
  return failure(code, about ? `${host} can’t connect to ${destination}: ${said}` : `ssh to ${host}: ${said}`, { object: about ? destination : host });
}
