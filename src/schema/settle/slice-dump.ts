import { parseQualifiedName } from '../../sql/quote.ts';
import type { SchemaObject } from '../compare/schema-object.ts';
import { ChunkedDump, type DumpChunk, joinChunks } from '../text/chunk-dump.ts';
import { mentioned } from '../text/differing-chunks.ts';
import { StatementReader } from '../text/statement-reader.ts';

/** What may change how anything else is parsed, or is named in ways that can't be looked up. There are few of them. */
const always = new Set(
  ['EXTENSION', 'SCHEMA', 'CAST', 'OPERATOR', 'OPERATOR CLASS', 'OPERATOR FAMILY', 'COLLATION', 'PROCEDURAL LANGUAGE', 'LANGUAGE', 'ACCESS METHOD'].concat([
    'FOREIGN DATA WRAPPER',
    'SERVER',
    'TRANSFORM',
    'SHELL TYPE',
  ]),
);
/** Parts are called `table part` by pg_dump; nothing depends on them but keys and other parts of the same table. */
const parts = new Set(['CONSTRAINT', 'FK CONSTRAINT', 'CHECK CONSTRAINT', 'TRIGGER', 'RULE', 'POLICY', 'DEFAULT', 'ROW SECURITY', 'ACL', 'COMMENT']);
/** These are called by their arguments too: `f(integer)`. */
const routines = new Set(['FUNCTION', 'PROCEDURE', 'AGGREGATE']);
const spoken = new Set(['ACL', 'COMMENT', 'SECURITY LABEL', 'DEFAULT ACL']);

/** Beyond this share of the whole a part saves nothing. */
const worthwhile = 0.6;

/**
 * The part of a dump that has to be restored in order to see how Postgres writes these objects: their own entries, and all that these mention, in the
 * order of the dump. What is missing shows as a statement that can't be restored. Undefined where the whole isn't much more.
 */
export function sliceDump(text: string, wanted: readonly SchemaObject[]): string | undefined {
  const dump = new ChunkedDump(text);
  const chunks = [...dump.chunks()];
  if (chunks.length === 0) return undefined;
  const chosen = choose(chunks, wanted);
  const slice = joinChunks(
    dump.head,
    chunks.filter((chunk) => chosen.has(chunk)),
  );
  return slice.length < text.length * worthwhile ? slice : undefined;
}

function choose(chunks: readonly DumpChunk[], wanted: readonly SchemaObject[]): ReadonlySet<DumpChunk> {
  const byName = new Map<string, DumpChunk[]>();
  const keysOf = new Map<string, DumpChunk[]>();
  const chosen = new Set<DumpChunk>();
  const queue: DumpChunk[] = [];
  const take = (chunk: DumpChunk) => {
    if (chosen.has(chunk)) return;
    chosen.add(chunk);
    queue.push(chunk);
  };
  for (const chunk of chunks) {
    if (always.has(chunk.type)) take(chunk);
    if (chunk.type === 'CONSTRAINT') push(keysOf, `${chunk.schema}.${chunk.name.split(' ')[0]}`, chunk);
    if (!spoken.has(chunk.type))
      for (const name of routines.has(chunk.type) ? withoutArguments(chunk.name) : [chunk.name]) push(byName, `${chunk.schema}.${name}`, chunk);
  }
  for (const object of wanted) {
    for (const name of namesOf(object)) for (const chunk of byName.get(name) ?? []) take(chunk);
    // `invoice_filter orders`, in the schema of the table: the parts of a publication; and the checks of a domain.
    const own = plain(object.name)?.name ?? object.name;
    const prefix = { publication: 'PUBLICATION', domain: 'CHECK CONSTRAINT', type: 'CHECK CONSTRAINT' }[object.kind];
    if (prefix !== undefined) for (const chunk of chunks) if (chunk.type.startsWith(prefix) && chunk.name.startsWith(`${own} `)) take(chunk);
  }
  for (let chunk = queue.pop(); chunk !== undefined; chunk = queue.pop()) {
    for (const name of new Set(mentioned(chunk.text))) {
      for (const one of byName.get(name) ?? []) if (!parts.has(one.type)) take(one);
      // A foreign key needs the key that it refers to, and a view may group by one.
      for (const one of keysOf.get(name) ?? []) take(one);
    }
  }
  return chosen;
}

/** A name may hold parentheses itself, and isn't quoted: whatever stands before one of them may be it. */
function withoutArguments(name: string): readonly string[] {
  return [...name.matchAll(/\(/g)].map(({ index }) => name.slice(0, index)).filter((one) => one !== '');
}

/** Under which of pg_dump's names an object's entries stand: its own, and as a part its table's. */
function namesOf(object: SchemaObject): readonly string[] {
  const table = object.parent === undefined ? undefined : plain(object.parent);
  const at = object.name.indexOf(' on ');
  const part = at === -1 ? object.name : object.name.slice(0, at);
  const own = plain(part) ?? plain(new StatementReader(object.name).qualifiedName() ?? '');
  const names = own === undefined ? [] : [`${own.schema ?? ''}.${own.name}`];
  if (table === undefined) return names;
  const last = plain(object.name.slice(object.parent?.length ?? 0).replace(/^\./, ''))?.name ?? own?.name;
  return [...names, `${table.schema ?? ''}.${table.name}`, `${table.schema ?? ''}.${table.name} ${at === -1 ? last : own?.name}`];
}

function plain(name: string): { readonly schema?: string | undefined; readonly name: string } | undefined {
  return parseQualifiedName(name);
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
