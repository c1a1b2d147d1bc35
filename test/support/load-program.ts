import { resolve } from 'node:path';
import { settingsSchema } from '../../src/config/schema.ts';
import { loadClone } from '../../src/rehearsal/load/load-clone.ts';
import { resetClone } from '../../src/rehearsal/load/reset-clone.ts';
import { strikingAt } from './striking-at.ts';
import { openContext } from './with-context.ts';

/**
 * Loads a dump in a process of its own, which is killed with SIGKILL the moment that it has sent a statement.
 * Arguments: home folder, dump, name of the clone, pattern of the statement, how many of them come first; then the configuration as JSON where there is one,
 * and `reset` where the clone is to be reset instead.
 */
const [root = '', dump = '', name = '', pattern = '', before = '0', settingsText, action] = process.argv.slice(2);
const settings = settingsText === undefined ? undefined : settingsSchema.parse(JSON.parse(settingsText));
const context = await openContext(root);
const kill = () => void process.kill(process.pid, 'SIGKILL');
const struck = strikingAt(context, new RegExp(pattern, 'i'), Number(before), kill);
const loaded = action === 'reset' ? await resetClone(struck, name) : await loadClone(struck, { settings, dump: resolve(dump), name });
console.error(loaded.ok ? 'loaded' : JSON.stringify(loaded.failure));
process.exit(loaded.ok ? 0 : 1);
