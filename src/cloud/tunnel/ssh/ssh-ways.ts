import type { TunnelWish } from '../../../core/cloud.ts';
import { failure } from '../../../core/failure.ts';
import { fail } from '../../../core/result.ts';
import type { MakerOf } from '../endpoint.ts';
import { startWay } from '../start-way.ts';
import { readSshLine } from './read-ssh-line.ts';
import { sshArguments } from './ssh-arguments.ts';

/** Ways through a machine that ssh can log in to: the user's own ssh, configuration, keys and agent. */
export const sshWays: MakerOf<Extract<TunnelWish, { kind: 'ssh' }>> = (context, wish, destination, pace) => ({
  kind: 'ssh',
  through: wish.host,
  facts: { through: wish.host },
  async begin(resource, signal) {
    const { system } = context.edge;
    const command = await system.onPath('ssh');
    if (command === undefined) {
      const cure = 'Install OpenSSH’s client (Debian: `apt-get install openssh-client`).';
      return fail(failure('tunnel-program-missing', 'ssh is not on PATH', { object: 'ssh', cure }));
    }
    const port = await system.freePort();
    // ProxyCommand and Match exec are the user's own programs and want the user's environment.
    const request = { command, args: sshArguments(wish, port, destination), inheritEnvironment: true };
    const read = (line: string) => readSshLine(line, wish.host, `${destination.host}:${destination.port}`);
    return await startWay(context, resource, { request, port, openMs: pace.openMs, read }, signal);
  },
});
