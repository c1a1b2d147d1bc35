import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const program = `import { flush, openTerminal } from ${JSON.stringify(join(import.meta.dirname, '../../src/cli/terminal.ts'))};
  const terminal = openTerminal(process.stdout, process.stderr);
  for (let line = 0; line < 20; line++) {
    terminal.print('x'.repeat(10_000));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await flush(terminal);
  terminal.note('cleaned up');
  process.exit(7);`;

test('a reader that goes away ends the output, not the work', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(7);
  expect(stderr).toBe('cleaned up\n');
});

test('all that was printed arrives, however slow the reader is', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  let length = 0;
  for await (const chunk of child.stdout) {
    length += (chunk as Buffer).length;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(length).toBe(20 * 10_001);
});
