import type { TouchedBy } from '../../core/explained-comparison.ts';
import type { Place } from '../../core/failure.ts';
import type { ObjectName } from '../../core/object-name.ts';
import { significantTokens } from '../../sql/significant-tokens.ts';
import { StatementReader } from '../text/statement-reader.ts';

/** A statement of a migration, in the order in which migrations run. */
export interface MigrationStatement {
  readonly migration: string;
  readonly place?: Place;
  readonly text: string;
}

const words = /^(create|alter|drop|comment|grant|revoke|security|reindex|cluster|refresh|do|select)$/;

/** Finds the migration that touched an object last: the last statement of DDL that names it. Names are compared as Postgres reads them, not by text. */
export class LastTouched {
  readonly #statements: readonly { readonly names: ReadonlySet<string>; readonly touched: TouchedBy }[];

  constructor(statements: readonly MigrationStatement[]) {
    this.#statements = statements.flatMap(({ migration, place, text }) => {
      const tokens = significantTokens(text);
      if (!words.test(tokens[0]?.text.toLowerCase() ?? '')) return [];
      const names = new Set(tokens.flatMap(({ name }) => (name === undefined ? [] : [name])));
      return [{ names, touched: { migration, ...(place !== undefined && { place }) } }];
    });
  }

  /** Undefined where no statement names it: it is older than the migrations, or was named in a body or by a pattern. */
  of(object: ObjectName): TouchedBy | undefined {
    const wanted = namesOf(object);
    return this.#statements.findLast(({ names }) => wanted.every((name) => names.has(name)))?.touched;
  }
}

/** The names that a statement about the object must hold: its own, and its table's; not the schema's, which is often left out. */
function namesOf({ kind, name }: ObjectName): readonly string[] {
  const reader = new StatementReader(name);
  const parts = reader.nameParts() ?? [];
  const own = kind === 'column' ? parts.slice(-2) : parts.slice(-1);
  const table = reader.accept('ON') ? (reader.nameParts() ?? []).slice(-1) : [];
  return [...own, ...table].map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part));
}
