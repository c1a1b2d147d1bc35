import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { withContext } from '../support/with-context.ts';

/** One process, killed from outside at any moment of its life; again until it has had its turns. */
async function live(args: readonly string[]): Promise<string> {
  let said = '';
  for (let life = 0; life < 5; life++) {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../support/lock-program.ts'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let kill: NodeJS.Timeout | undefined;
    child.stdout.once('data', () => {
      kill = setTimeout(() => child.kill('SIGKILL'), Math.random() * 1_500);
    });
    const [heard] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    clearTimeout(kill);
    said += heard;
    if (child.exitCode === 0) break;
  }
  return said;
}

test('processes that are killed at a lock, inside it and on the way, never have it together and stop nobody', async () => {
  await withContext(async (context) => {
    const folder = join(context.root, 'inside');
    mkdirSync(folder);
    const said = (await Promise.all(Array.from({ length: 24 }, () => live([context.root, folder, '20'])))).join('').trim().split('\n');
    expect(said.filter((line) => line.startsWith('overlap'))).toEqual([]);
    expect(said.filter((line) => line === 'turn').length).toBeGreaterThan(50);
    // Some died inside, or nothing was proven.
    expect(readdirSync(folder).length).toBeGreaterThan(5);
    await context.ledger.sweepLock('proof');
    expect(readdirSync(context.home.state)).toEqual(['ledger']);
  });
});
