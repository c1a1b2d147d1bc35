// Loaded into the program before anything else: counts what comes back to it from files, sockets and child processes, and holds it right there,
// at the one that FAULT_POINT names, until the test has done its worst. No clock is involved: a held program can't end before its fault comes.
import { createHook } from 'node:async_hooks';
import { readSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** The pipe to the test. */
const channel = 3;

const kindOf = {
  FSREQPROMISE: 'file',
  FSREQCALLBACK: 'file',
  FILEHANDLECLOSEREQ: 'file',
  TCPWRAP: 'socket',
  TCPCONNECTWRAP: 'socket',
  WRITEWRAP: 'socket',
  SHUTDOWNWRAP: 'socket',
  PROCESSWRAP: 'process',
  PIPEWRAP: 'process',
};

const wanted = process.env.FAULT_POINT;
// Neither is for the program's own children.
delete process.env.FAULT_POINT;
delete process.env.NODE_OPTIONS;
if (isMainThread && wanted !== undefined) watch(wanted);

function watch(point) {
  const [wantedKind, nth] = point.split(' ');
  const counts = { file: 0, socket: 0, process: 0 };
  let next = wantedKind === 'none' ? Number.POSITIVE_INFINITY : Number(nth);
  let stride = 1;
  const kinds = new Map();
  createHook({
    init(id, type) {
      if (Object.hasOwn(kindOf, type)) kinds.set(id, kindOf[type]);
    },
    before(id) {
      const kind = kinds.get(id);
      if (kind === undefined) return;
      counts[kind] += 1;
      if (kind !== wantedKind || counts[kind] < next) return;
      writeSync(channel, `${JSON.stringify({ at: counts[kind] })}\n`);
      if (answer() === 'g') next = Number.POSITIVE_INFINITY;
      else {
        // There was nothing to strike: a little later, perhaps.
        next = counts[kind] + stride;
        stride = Math.min(16, stride * 2);
      }
    },
    destroy: (id) => kinds.delete(id),
  }).enable();
  process.on('exit', () => writeSync(channel, `${JSON.stringify({ counts })}\n`));
}

/** Waits for one letter, with everything else of this program standing still. */
function answer() {
  const letter = Buffer.alloc(1);
  for (;;) {
    try {
      if (readSync(channel, letter) === 0) process.kill(process.pid, 'SIGKILL');
      return letter.toString();
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
