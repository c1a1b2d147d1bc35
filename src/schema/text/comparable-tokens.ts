import { isBlank, scan, type Token } from '../../sql/scan.ts';
import type { ObjectSet, SchemaObject } from '../compare/schema-object.ts';

/** The majors of both sides, the older one first. */
export type Majors = readonly [older: number, newer: number];

/** Of two sides that know and write the same. */
export const oneMajor: Majors = [0, 0];

/** The tokens of an object's statements that have to be the same on both sides, in whatever order. */
export class ComparableTokens {
  readonly #majors: Majors;
  /** By table: the names of NOT NULL constraints that are properties of a column. */
  readonly #names = new Map<string, Set<string>>();

  constructor(objects: ObjectSet, majors: Majors) {
    this.#majors = majors;
    for (const { kind, parent, properties } of objects.all()) {
      const name = kind === 'column' ? properties.get('not null constraint name') : undefined;
      if (name === undefined || parent === undefined) continue;
      this.#names.set(parent, (this.#names.get(parent) ?? new Set()).add(name));
    }
  }

  of(object: SchemaObject): readonly string[] {
    return object.statements.flatMap((statement) => this.#ofStatement(object, statement));
  }

  #ofStatement(object: SchemaObject, statement: string): readonly string[] {
    if (object.kind === 'column' && /^(ALTER SEQUENCE|ALTER TABLE \S+ OWNER|GRANT|REVOKE|COMMENT ON SEQUENCE)/.test(statement)) return [];
    if (this.#isOneProperty(object, statement)) return [];
    // Which name the server gave to an identity column's sequence makes no difference, nor does which tag quotes a body.
    const text = statement.replace(/^(\s*SEQUENCE NAME ).*$/m, '$1');
    const tokens = [...scan(text)].filter((token) => !isBlank(token.kind));
    const texts = tokens.map((token) => textOf(text, token));
    return /^CREATE (UNLOGGED |FOREIGN )?TABLE /.test(text) ? this.#withoutNotNull(object, texts) : texts;
  }

  /** Where majors say the same in other words, and a property holds all of the statement, that property alone is compared. */
  #isOneProperty({ kind }: SchemaObject, statement: string): boolean {
    const [older, newer] = this.#majors;
    if (older === newer) return false;
    if (older < 17 && newer >= 17 && /^(ALTER DEFAULT PRIVILEGES .* )?(GRANT|REVOKE) [A-Z, ]+ ON TABLES? /s.test(statement)) return true;
    return kind === 'subscription' && statement.startsWith('CREATE SUBSCRIPTION ');
  }

  /** `CONSTRAINT name NOT NULL`, where it is no property: nobody chose that name. Before version 18 there was none, and none in a child of such a table. */
  #withoutNotNull(object: SchemaObject, texts: readonly string[]): readonly string[] {
    const [older, newer] = this.#majors;
    const acrossNames = older < 18 && newer >= 18;
    const names = this.#names.get(object.parent ?? object.name);
    const kept: string[] = [];
    for (let at = 0; at < texts.length; at++) {
      const name = texts[at] === 'CONSTRAINT' && texts[at + 2] === 'NOT' && texts[at + 3] === 'NULL' ? texts[at + 1] : undefined;
      if (name !== undefined && !names?.has(name)) at += 2;
      if (!acrossNames) kept.push(texts[at] ?? '');
      else if (texts[at] === 'NOT' && texts[at + 1] === 'NULL') {
        at++;
        // Of an inherited column, which is listed for that alone.
        if (!endsElement.has(texts[at + 1] ?? '')) at++;
      } else if (texts[at] !== ',') kept.push(texts[at] ?? '');
    }
    return kept;
  }
}

const endsElement = new Set([',', ')', 'NO']);

function textOf(text: string, { kind, start, end }: Token): string {
  const raw = text.slice(start, end);
  return kind === 'dollar-string' ? raw.slice(raw.indexOf('$', 1) + 1, -(raw.indexOf('$', 1) + 1)) : raw;
}
