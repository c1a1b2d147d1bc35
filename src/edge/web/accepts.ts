import { connect } from 'node:net';

const patienceMs = 1_000;

/** Whether somebody accepts TCP connections on this port of localhost, by IPv4 or IPv6. */
export async function accepts(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: 'localhost', port, timeout: patienceMs });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
