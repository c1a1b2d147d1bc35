// Brings everything that the npm scripts need: the pinned packages, and with them Node 24 and two Postgres majors.
// Plain JavaScript for any Node from 20 on, since the project's own Node is one of the things that it installs.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInstalled } from './setup/is-installed.js';
import { usersOf } from './setup/users-of.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.pgrehearse-setup');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(`${process.platform} ${process.arch}`)
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  if (!isInstalled(root)) install();
  writeFileSync(stamp, wanted);
}

function install() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) {
    console.error(`Setting up needs Node 20 or newer; this is Node ${process.versions.node}.`);
    process.exit(2);
  }
  const users = usersOf(root);
  if (users.length > 0) {
    console.error(
      `Setting up would replace node_modules, which is in use here:\n${users.map((user) => `  ${user}\n`).join('')}Let them end, or run \`npm ci\` yourself.`,
    );
    process.exit(2);
  }
  console.error('Setting up: npm ci (once, about 20 seconds) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // The engine warnings are about the system's Node; the packages run on the Node that this very step installs.
  const done = spawnSync(npm, ['ci', '--no-fund', '--no-audit', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
