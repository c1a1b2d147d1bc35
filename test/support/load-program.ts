import { resolve } from 'node:path';
import { loadClone } from '../../src/rehearsal/load-clone.ts';
import { strikingAt } from './striking-at.ts';
import { openContext } from './with-context.ts';

/**
 * Loads a dump in a process of its own, which is killed with SIGKILL the moment that it has sent a statement.
 * Arguments: home folder, dump folder, name of the clone, pattern of the statement, how many of them come first.
 */
const [root = '', dump = '', name = '', pattern = '', before = '0'] = process.argv.slice(2);
const context = await openContext(root);
const kill = () => void process.kill(process.pid, 'SIGKILL');
const loaded = await loadClone(strikingAt(context, new RegExp(pattern, 'i'), Number(before), kill), { settings: undefined, dump: resolve(dump), name });
console.error(loaded.ok ? 'loaded' : JSON.stringify(loaded.failure));
process.exit(loaded.ok ? 0 : 1);
