import fc from 'fast-check';
import { Dice } from './dice.ts';
import { Draft, type Mutation } from './draft.ts';
import {
  addComment,
  addComposite,
  addDefaultPrivileges,
  addDomain,
  addEnum,
  addForeignTable,
  addGrant,
  addOperator,
  addPolicy,
  addPublication,
  addRoutine,
  addRule,
  addSequence,
  addStatistics,
  addTextSearch,
  addTrigger,
  addView,
} from './other-objects.ts';
import { addChild, addForeignKey, addIndex, addPartitions, addTable } from './tables.ts';

/** What a schema can be made of; tables and what stands on them come oftener. */
const pieces = {
  table: addTable,
  enum: addEnum,
  domain: addDomain,
  composite: addComposite,
  partitions: addPartitions,
  child: addChild,
  key: addForeignKey,
  key2: addForeignKey,
  index: addIndex,
  index2: addIndex,
  view: addView,
  view2: addView,
  routine: addRoutine,
  trigger: addTrigger,
  policy: addPolicy,
  grant: addGrant,
  comment: addComment,
  rule: addRule,
  sequence: addSequence,
  statistics: addStatistics,
  publication: addPublication,
  'foreign table': addForeignTable,
  'default privileges': addDefaultPrivileges,
  operator: addOperator,
  'text search': addTextSearch,
} as const;
type PieceName = keyof typeof pieces;

/** What fast-check makes and shrinks: which pieces, the bytes that they choose by, and which mutation. */
export interface SchemaPlan {
  readonly pieces: readonly { readonly name: PieceName; readonly bytes: Uint8Array }[];
  readonly mutation: number;
}

export interface GeneratedSchema {
  readonly sql: string;
  readonly mutation: Mutation;
}

const bytes = fc.uint8Array({ minLength: 40, maxLength: 40 });
const piece = fc.record({ name: fc.constantFrom(...(Object.keys(pieces) as PieceName[])), bytes });

/** Plans of schemas, each with a table at least. */
export const schemaPlans: fc.Arbitrary<SchemaPlan> = fc.record({
  pieces: fc
    .tuple(fc.record({ name: fc.constant('table' as const), bytes }), fc.array(piece, { minLength: 2, maxLength: 14 }))
    .map(([first, more]) => [first, ...more]),
  mutation: fc.nat(100_000),
});

/**
 * The SQL of a plan, in a schema of this name, and its mutation.
 *
 * @param at the schema, which is made; roles that exist; the server's major
 */
export function generateSchema(
  plan: SchemaPlan,
  at: { readonly schema: string; readonly role: string; readonly other: string; readonly major: number },
): GeneratedSchema {
  const draft = new Draft(at.schema, at);
  for (const { name, bytes: choices } of plan.pieces) pieces[name](draft, new Dice(choices));
  const mutation = draft.mutations[plan.mutation % draft.mutations.length];
  if (mutation === undefined) throw new Error('a schema without a mutation');
  return { sql: [`create schema ${at.schema}`, ...draft.statements].map((sql) => `${sql};\n`).join(''), mutation };
}
