import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';

const program = `import { stopOnSignal } from ${JSON.stringify(join(import.meta.dirname, '../../src/cli/stop-on-signal.ts'))};
  const stop = stopOnSignal(process, (line) => console.log(line), (code) => process.exit(code));
  stop.signal.addEventListener('abort', () => console.log('aborted'));
  console.log('up');
  setTimeout(() => process.exit(stop.exitCode() ?? 0), 5000);`;

/** Sends signals, each so many milliseconds after the one before, to a process whose clean-up takes five seconds. */
async function send(...signals: readonly (readonly [number, NodeJS.Signals])[]) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  while (!stdout.includes('up')) await sleep(10);
  for (const [delay, signal] of signals) {
    await sleep(delay);
    child.kill(signal);
  }
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  return { exitCode, lines: stdout.split('\n').slice(1, -1) };
}

const stopping = 'Stopping: removing everything that was made …';
const cleaning = expect.stringContaining('Clean-up is going on.');

test.concurrent.each([
  ['SIGINT aborts', [[0, 'SIGINT']], 130, [stopping, 'aborted']],
  ['SIGTERM aborts', [[0, 'SIGTERM']], 143, [stopping, 'aborted']],
  [
    'the same key press, passed on, counts once',
    [
      [0, 'SIGINT'],
      [50, 'SIGINT'],
    ],
    130,
    [stopping, 'aborted'],
  ],
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
  expect(await send(...signals)).toEqual({ exitCode, lines });
});

test.concurrent('the third gives up', async () => {
  const startedAt = performance.now();
  expect(await send([0, 'SIGINT'], [700, 'SIGINT'], [700, 'SIGINT'])).toEqual({ exitCode: 130, lines: [stopping, 'aborted', cleaning] });
  expect(performance.now() - startedAt).toBeLessThan(4500);
});
