import type { Socket } from 'node:net';
import type pg from 'pg';

/** What the driver keeps to itself of a connection that asks for TLS. */
interface AskingConnection extends pg.Connection {
  readonly stream: Socket;
  requestSsl(): void;
  attachListeners(stream: Socket): void;
}

/** What a server without TLS answers a request for it with; then it waits for the log-in (PostgreSQL's protocol, "SSL Session Encryption"). */
const refusal = 'N';

/**
 * Where a server has no TLS, logs in without it on the connection that asked, as libpq does for `sslmode=prefer`. The driver itself gives such a connection up,
 * and a second one costs a server process and a few milliseconds.
 *
 * @returns whether that has happened
 */
export function stayPlain(client: pg.Client): () => boolean {
  const connection = client.connection as AskingConnection;
  const { stream } = connection;
  const ask = connection.requestSsl.bind(connection);
  let isPlain = false;
  connection.requestSsl = () => {
    const answers = stream.listeners('data') as ((answer: Buffer) => void)[];
    stream.removeAllListeners('data');
    stream.once('data', (answer: Buffer) => {
      // More than the one byte is no server's answer, and the driver says so.
      if (answer.toString('latin1') !== refusal) return answers.forEach((take) => void take(answer));
      isPlain = true;
      connection.attachListeners(stream);
      // What the driver waits for before it logs in.
      connection.emit('sslconnect');
    });
    ask();
  };
  return () => isPlain;
}
