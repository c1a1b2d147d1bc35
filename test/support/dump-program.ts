import { type DumpOptions, writeDump } from '../../src/copy/dump/write-dump.ts';
import { openUrl } from '../../src/source/url.ts';
import { openContext } from './with-context.ts';

/** A run of the program that writes one dump, as a test starts it in a process of its own in order to kill it. Arguments: home folder, URL, folder of dumps, options in JSON. */
const [root = '', url = '', folder = '', options = '{}'] = process.argv.slice(2);
const context = await openContext(root);
const opened = await openUrl(context, { url, allowPrimary: true });
if (!opened.ok) throw new Error(opened.failure.message);
await using source = opened.value;
const written = await writeDump(context, source, folder, JSON.parse(options) as DumpOptions);
if (!written.ok) throw new Error(written.failure.message);
