import type { TunnelWish } from '../../../core/cloud.ts';
import type { Endpoint } from '../endpoint.ts';

/**
 * What ssh is called with. Host keys, users, jumps and keys are the user's own configuration's; here stands only what a tunnel needs whatever that says: it asks
 * nobody, ends when it can't listen, notices a dead network within a minute, shares no connection with others (which would outlive it), and runs nothing.
 */
export function sshArguments(wish: Extract<TunnelWish, { kind: 'ssh' }>, port: number, { host, port: far }: Endpoint): readonly string[] {
  const options = {
    BatchMode: 'yes',
    ExitOnForwardFailure: 'yes',
    ClearAllForwardings: 'no',
    GatewayPorts: 'no',
    ServerAliveInterval: 15,
    ServerAliveCountMax: 3,
    ConnectTimeout: 20,
    ControlMaster: 'no',
    ControlPath: 'none',
    PermitLocalCommand: 'no',
    // The lowest at which it says when it listens.
    LogLevel: 'DEBUG1',
  };
  return [
    ...(wish.configFile === undefined ? [] : ['-F', wish.configFile]),
    ...['-N', '-T', '-a', '-x'],
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...(wish.port === undefined ? [] : ['-p', String(wish.port)]),
    ...(wish.identityFile === undefined ? [] : ['-i', wish.identityFile]),
    ...['-L', `127.0.0.1:${port}:${host.includes(':') ? `[${host}]` : host}:${far}`],
    ...['--', wish.host],
  ];
}
