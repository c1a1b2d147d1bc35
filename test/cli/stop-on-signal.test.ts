import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { stopOnSignal } from '../../src/cli/stop-on-signal.ts';

const program = `import { stopOnSignal } from ${JSON.stringify(join(import.meta.dirname, '../../src/cli/stop-on-signal.ts'))};
  const stop = stopOnSignal(process, (line) => console.log(line), (code) => process.exit(code));
  stop.signal.addEventListener('abort', () => console.log('aborted'));
  console.log('up');
  setTimeout(() => process.exit(stop.exitCode() ?? 0), Number(process.argv[1]));`;

/** Sends signals, each so many milliseconds after the one before was answered (0: at once after it), to a process whose clean-up takes a while. */
async function send(signals: readonly (readonly [number, NodeJS.Signals])[], cleanUpMs = 5000) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, String(cleanUpMs)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  const closed = new Promise((resolve) => child.on('close', resolve));
  const printed = async (lines: number) => {
    while (stdout.split('\n').length <= lines && child.exitCode === null) await sleep(10);
  };
  for (const [index, [delay, signal]] of signals.entries()) {
    // `up`, then two lines for the first signal and one for each that follows.
    if (index === 0) await printed(1);
    else if (delay > 0) await printed(index + 2);
    await sleep(delay);
    child.kill(signal);
  }
  const exitCode = await closed;
  return { exitCode, lines: stdout.split('\n').slice(1, -1) };
}

const stopping = 'Stopping: removing everything that was made …';
const cleaning = expect.stringContaining('Clean-up is going on.');

test.concurrent.each([
  ['SIGINT aborts', [[0, 'SIGINT']], 130, [stopping, 'aborted']],
  ['SIGTERM aborts', [[0, 'SIGTERM']], 143, [stopping, 'aborted']],
  [
    'the second is told, and clean-up goes on',
    [
      [0, 'SIGINT'],
      [700, 'SIGTERM'],
    ],
    130,
    [stopping, 'aborted', cleaning],
  ],
] as const)('%s', async (_, signals, exitCode, lines) => {
  expect(await send(signals)).toEqual({ exitCode, lines });
});

test('the same key press, passed on, counts once', () => {
  // Not sent to a process: of two signals that wait the system may hand over either first.
  const source = new EventEmitter() as NodeJS.Process;
  const lines: string[] = [];
  const stop = stopOnSignal(
    source,
    (line) => lines.push(line),
    () => lines.push('given up'),
  );
  source.emit('SIGINT', 'SIGINT');
  source.emit('SIGTERM', 'SIGTERM');
  expect({ aborted: stop.signal.aborted, exitCode: stop.exitCode(), lines }).toEqual({ aborted: true, exitCode: 130, lines: [stopping] });
  stop.release();
  expect(source.eventNames()).toEqual([]);
});

test.concurrent('the third gives up', async () => {
  // Clean-up that takes far longer than a test may.
  const third = await send(
    [
      [0, 'SIGINT'],
      [700, 'SIGINT'],
      [700, 'SIGINT'],
    ],
    3_600_000,
  );
  expect(third).toEqual({ exitCode: 130, lines: [stopping, 'aborted', cleaning] });
});
