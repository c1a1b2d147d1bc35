import type { DifferenceClass } from '../../../src/core/schema-difference.ts';
import { quoteIdentifier, quoteLiteral } from '../../../src/sql/quote.ts';
import type { Dice } from './dice.ts';

/** One change of a generated schema, which a comparison must find. */
export interface Mutation {
  readonly sql: string;
  /** Class and kind of object of what must be told, among what else may follow from it. */
  readonly expect: readonly [DifferenceClass, kind: string];
}

export interface DraftColumn {
  /** As SQL text. */
  readonly name: string;
  readonly type: string;
  /** What an expression can do with it. */
  readonly family: 'number' | 'text' | 'time' | 'flag' | 'range' | 'json' | 'other';
  /** A value as SQL text; none where a default would be too long a story. */
  readonly value?: string;
  /** Computed when it is read: no index, statistics or settings. */
  readonly virtual?: boolean;
  /** Computed when it is written. */
  readonly stored?: boolean;
}

export interface DraftTable {
  /** Qualified. */
  readonly name: string;
  readonly columns: readonly DraftColumn[];
  readonly kind: 'table' | 'view' | 'materialized view' | 'foreign table';
  readonly partitioned: boolean;
  /** Whether its rows can't be read: a materialized view would not be filled from it. */
  readonly unreadable?: boolean;
  /** Its column that foreign keys can refer to. */
  readonly key?: DraftColumn;
}

/** Stems of names: those that need quotes, and those that a careless reader of dumps takes for something else. */
const stems = [
  't',
  'Order',
  'two words',
  'dotted.name',
  'quo"te',
  'größe',
  'select',
  'a on b',
  '$$',
  "it's",
  'line\nbreak',
  '-- x',
  'x'.repeat(58),
  'semi;colon',
  '(a)',
  'Type: TABLE; y',
];

/** A schema while it is made up. */
export class Draft {
  readonly schema: string;
  readonly role: string;
  readonly other: string;
  readonly major: number;
  readonly statements: string[] = [];
  readonly mutations: Mutation[] = [];
  readonly relations: DraftTable[] = [];
  /** Tables with children, by name: a column that they get later stands last in a child, and no longer does once that was dumped and restored. */
  readonly parents = new Set<string>();
  /** Types of this schema that columns can have. */
  readonly types: DraftColumn[] = [];
  #count = 0;

  constructor(schema: string, { role, other, major }: { readonly role: string; readonly other: string; readonly major: number }) {
    this.schema = schema;
    this.role = role;
    this.other = other;
    this.major = major;
  }

  /** A name that nothing else has, as SQL text. */
  name(dice: Dice): string {
    return quoteIdentifier(`${dice.pick(stems)}${this.#count++}`);
  }

  /** A name for what has no schema. */
  globalName(): string {
    return `${this.schema}_${this.#count++}`;
  }

  /** The qualified name of something new. */
  qualified(dice: Dice): string {
    return `${this.schema}.${this.name(dice)}`;
  }

  add(sql: string): void {
    this.statements.push(sql);
  }

  mutation(expected: Mutation['expect'], sql: string): void {
    this.mutations.push({ expect: expected, sql });
  }

  /** What can be said of every kind: comments and, where it has them, owners and rights. */
  describe(kind: string, target: string, rights?: { readonly on: string; readonly right: string }): void {
    this.mutation(['comment', kind], `comment on ${target} is ${quoteLiteral("changed; it's\n-- so")}`);
    if (rights !== undefined) this.mutation(['security', kind], `grant ${rights.right} on ${rights.on} to ${this.other} with grant option`);
  }

  /** A table or another relation that is there already. */
  relation(dice: Dice, fits: (table: DraftTable) => boolean = () => true): DraftTable | undefined {
    const fitting = this.relations.filter(fits);
    return fitting.length === 0 ? undefined : dice.pick(fitting);
  }
}
