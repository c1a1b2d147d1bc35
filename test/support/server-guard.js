// Outlives the test runner by a moment: when its standard input closes, because the runner ended in whatever way, it ends the
// servers whose pids it was told, one a line, and removes their folder.
import { existsSync, rmSync } from 'node:fs';

const [root] = process.argv.slice(2);
let told = '';
const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.stdin.on('data', (bytes) => {
  told += bytes;
});
process.stdin.on('end', async () => {
  const pids = told.split('\n').filter(Boolean).map(Number);
  for (const pid of pids) if (alive(pid)) process.kill(pid, 'SIGQUIT');
  for (let tries = 0; tries < 200 && pids.some(alive); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  // An initdb whose parent was killed goes on for a moment, and would put its files back.
  for (let gone = 0; gone < 3; gone = existsSync(root) ? 0 : gone + 1) {
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    if (pids.length < 2) await new Promise((resolve) => setTimeout(resolve, 700));
  }
  process.exit();
});
