import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openContext } from './with-context.ts';

/**
 * `lock-program.ts HOME FOLDER ROUNDS`: takes a lock again and again, and is killed while it has it one time in five. Says `ready`, then `turn` for each time that it had it to the end, and
 * `overlap PID` where another process that still runs has it as well.
 */
const [root = '', folder = '', rounds = '0'] = process.argv.slice(2);
const { edge, ledger } = await openContext(root);
console.log('ready');
const own = join(folder, String(process.pid));

for (let round = 0; round < Number(rounds); round++) {
  await ledger.oneAtATime('proof', async () => {
    mkdirSync(own);
    await sleep(Math.random() * 3);
    for (const pid of readdirSync(folder).map(Number))
      if (pid !== process.pid && (await edge.system.processStartedAt(pid)) !== undefined) console.log(`overlap ${pid}`);
    if (Math.random() < 0.2) process.kill(process.pid, 'SIGKILL');
    rmdirSync(own);
  });
  console.log('turn');
}
