import { createHash } from 'node:crypto';
import { parseQualifiedName } from '../sql/quote.ts';
import { excludedBy } from './compare/exclude-objects.ts';
import { includedIn } from './compare/restrict-objects.ts';
import type { WrittenTexts } from './extract/extract-facts.ts';
import type { ReadOptions } from './read-catalogs.ts';
import type { CutDumps } from './read-side.ts';
import type { ChunkedDump } from './text/chunk-dump.ts';
import { comparableChunks, type HeadedEntry } from './text/comparable-chunks.ts';
import { headerNames } from './text/differing-chunks.ts';

/** How pg_dump calls what has columns, and parts of which expressions are written. */
const relations = ['TABLE', 'FOREIGN TABLE', 'VIEW', 'MATERIALIZED VIEW'];

/**
 * What two dumps tell of tables: one is written the same on both sides where it is written at all, and nothing that is written otherwise speaks of it. So what no
 * dump shows is never taken for the same.
 */
export function writtenTexts({ left, right, differing }: CutDumps, texts: TextHashes): WrittenTexts {
  const hashes = () => ({ left: texts.of(left), right: texts.of(right) });
  if (differing === undefined) return { hashes, isSame: undefined };
  const key = (schema: string, name: string) => `${schema}\n${name}`;
  const written = new Set(relations.flatMap((type) => [...left.labels(type)]).map(({ schema, name }) => key(schema, name)));
  // Both sides ask, and each of several families.
  const known = new Map<string, boolean>();
  const isSame = (relation: string) => {
    const before = known.get(relation);
    if (before !== undefined) return before;
    const { schema = '', name = '' } = parseQualifiedName(relation) ?? {};
    const same = written.has(key(schema, name)) && !differing.names.has(`${schema}.${name}`);
    known.set(relation, same);
    return same;
  };
  return { hashes, isSame };
}

/** What identifies the text of a side, made once. */
export class TextHashes {
  readonly #options: Pick<ReadOptions, 'exclude' | 'include'>;
  readonly #known = new Map<ChunkedDump, string>();

  constructor(options: Pick<ReadOptions, 'exclude' | 'include'>) {
    this.#options = options;
  }

  of(dump: ChunkedDump): string {
    const known = this.#known.get(dump) ?? textHash(dump, this.#options);
    this.#known.set(dump, known);
    return known;
  }
}

/** SHA-256, in hex, over what the catalogs' outline doesn't say: the same for two texts of the same schema, whatever came first in either. */
function textHash({ text }: ChunkedDump, { exclude, include = [] }: Pick<ReadOptions, 'exclude' | 'include'>): string {
  const [isExcluded, isIncluded] = [excludedBy(exclude), includedIn(include)];
  const isCompared = (entry: HeadedEntry) => {
    const objects = headerNames(entry).map((name) => ({ kind: entry.type.toLowerCase(), name }));
    return objects.every((object) => !isExcluded(object)) && (entry.schema === '' || objects.some(isIncluded));
  };
  const entries = exclude.length === 0 && include.length === 0 ? comparableChunks(text) : comparableChunks(text, isCompared);
  return createHash('sha256').update(entries.join('\0')).digest('hex');
}
