#!/usr/bin/env node
// Plain JavaScript that an old Node understands too, so that it can say in one sentence that it is too old.
// biome-ignore-all lint/style/useNodejsImportProtocol: Node 12 doesn't know the prefix node:
// biome-ignore-all lint/complexity/useOptionalChain: Node 12 doesn't know the operator
import { spawn, spawnSync } from 'child_process';
import { existsSync } from 'fs';
import module from 'module';
import { dirname, join } from 'path';
import { fileURLToPath, pathToFileURL } from 'url';

const needed = 24;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const inCheckout = existsSync(join(root, 'src', 'cli', 'main.ts'));
const ownNode = join(root, 'node_modules', '.bin', 'node');

if (majorOf(process.version) >= needed) {
  // In the package's own folder: who can write there can change the program itself. In a temporary one anybody could leave code for us. Where it can't be
  // written, nothing is kept.
  module.enableCompileCache(inCheckout ? join(root, 'node_modules', '.cache', 'pgrehearse') : join(root, 'dist', '.compiled'));
  import(pathToFileURL(inCheckout ? join(root, 'src', 'cli', 'main.ts') : join(root, 'dist', 'cli', 'main.js')).href);
} else if (inCheckout && existsSync(ownNode) && majorOf(spawnSync(ownNode, ['--version'], { encoding: 'utf8' }).stdout || '') >= needed) {
  passOn();
} else {
  process.stderr.write(`pgrehearse needs Node ${needed} or newer; this is Node ${process.versions.node} (${process.execPath}).\n`);
  process.exit(2);
}

/** Development brings its own Node: the same command again with that one, which gets our signals and gives its exit code. */
function passOn() {
  const child = spawn(ownNode, [fileURLToPath(import.meta.url)].concat(process.argv.slice(2)), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`${ownNode} does not start: ${error.message}\n`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function majorOf(version) {
  return Number.parseInt(version.replace('v', ''), 10);
}
