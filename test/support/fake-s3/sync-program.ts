import { boundHeap } from '../../../src/edge/system/bound-heap.ts';
import { syncObjects } from '../../../src/sync/objects/sync-objects.ts';
import type { ObjectsWish } from '../../../src/sync/objects/wish.ts';
import { openContext } from '../with-context.ts';

/** One synchronisation with the program's own heap, as a test starts it in a process of its own in order to kill it. Arguments: home folder, wish in JSON. */
boundHeap();
const [root = '', wish = '{}'] = process.argv.slice(2);
const synced = await syncObjects(await openContext(root), JSON.parse(wish) as ObjectsWish);
if (!synced.ok) throw new Error(synced.failure.message);
