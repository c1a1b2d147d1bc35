import type { Writable } from 'node:stream';

/** Where a command speaks: results to stdout, everything else to stderr. Nothing in src writes to either without it. */
export interface Terminal {
  /** A line of the result. */
  print(line: string): void;
  /** The result as one JSON document. */
  printJson(value: unknown): void;
  /** A line for the person, kept out of pipes. */
  note(line: string): void;
  /** Until it is given back, notes go to whoever redraws the end of the screen: written past them, they would be drawn over. */
  leadNotes(above: (line: string) => void): Disposable;
  /** Text as it stands, on one of the two streams. */
  write(stream: NodeJS.WriteStream, text: string): void;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** A terminal on the process's own streams. A reader that goes away (`| head`) ends the output, not the work: clean-up must still be done. */
export function openTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  for (const stream of [stdout, stderr]) stream.on('error', ignoreClosedPipe);
  let noteAbove: ((line: string) => void) | undefined;
  return {
    print: (line) => write(stdout, `${line}\n`),
    printJson: (value) => write(stdout, `${JSON.stringify(value, null, 2)}\n`),
    note: (line) => (noteAbove === undefined ? write(stderr, `${line}\n`) : noteAbove(line)),
    leadNotes: (above) => {
      noteAbove = above;
      return {
        [Symbol.dispose]: () => {
          if (noteAbove === above) noteAbove = undefined;
        },
      };
    },
    write,
    stdout,
    stderr,
  };
}

/** Waits until all that was written has left the process. */
export async function flush(terminal: Terminal): Promise<void> {
  await Promise.all(
    [terminal.stdout, terminal.stderr].map(
      (stream: Writable) =>
        new Promise<void>((resolve) => {
          if (stream.destroyed || stream.writableLength === 0) resolve();
          else stream.write('', () => resolve());
        }),
    ),
  );
}

function write(stream: Writable, chunk: string): void {
  if (!stream.destroyed && stream.writable) stream.write(chunk);
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
