import { differenceClasses } from '../../core/schema-difference.ts';
import { comparisonFormat } from './json.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

const text = (description: string): JsonSchema => ({ type: 'string', description });
const count = (description: string): JsonSchema => ({ type: 'integer', minimum: 0, description });
const listOf = (items: JsonSchema, description: string): JsonSchema => ({ type: 'array', items, description });

function record(description: string, required: Readonly<Record<string, JsonSchema>>, optional: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
  return { type: 'object', description, properties: { ...required, ...optional }, required: Object.keys(required) };
}

const differenceClass: JsonSchema = { enum: differenceClasses, description: 'Class of the difference, the gravest first.' };
const day = text('The last day on which it holds, as 2026-12-31 (UTC).');
const place = record('A place in the user’s own files.', { file: text('Path of the file.') }, { line: count('1-based.'), column: count('1-based.') });

const advice = record(
  'SQL that would make one side like the other. Never executed.',
  {
    statements: listOf(text('Without a closing semicolon.'), 'In the order in which they run; empty where none is known.'),
    notes: listOf(text('A sentence.'), 'What to look at before, or why no statement is known.'),
  },
  { loses: text('Rows or values that the statements throw away.') },
);

const difference = record(
  'One object, or one property of it, that is not the same on both sides.',
  {
    id: text('The same in every comparison that finds it: check:kind:object[:property].'),
    class: differenceClass,
    object: record('The object.', { kind: text('table, column, policy, …'), name: text('Qualified name, as SQL.') }),
    how: { enum: ['only-left', 'only-right', 'changed'], description: 'only-left: the object is missing on the right.' },
    title: text('One sentence.'),
    policy: { enum: ['fail', 'report', 'ignore'], description: 'What the team’s policies make of its class.' },
    advice,
  },
  {
    property: text('The property that differs.'),
    left: text('What the left side has; absent: nothing.'),
    right: text('What the right side has; absent: nothing.'),
    explanation: text('A sentence more where one is known.'),
    oldDrift: { const: true, description: 'It was there before the release that is rehearsed.' },
    waived: record('The team has accepted it for a while.', { reason: text('Why.'), expires: day }),
    touchedBy: record('The migration whose text names the object last; absent: not recorded.', { migration: text('Its revision.') }, { place }),
    showSql: text('What to paste into psql in order to see it.'),
  },
);

const waiver = record(
  'One waiver of the team’s file, and what became of it.',
  {
    object: text('Qualified name, with * for any characters.'),
    property: text('The property, or existence.'),
    reason: text('Why.'),
    expires: day,
    place,
    matched: count('How many differences it names.'),
    state: { enum: ['used', 'expired', 'unmatched', 'ambiguous'], description: 'All but used are errors, and cover nothing.' },
  },
  { kind: text('Kind of the object.'), class: differenceClass },
);

const names = (description: string) => listOf(text('A name.'), description);
const scope = record(
  'What the comparison covered.',
  {
    engines: names('What compared.'),
    leftServer: text('The left side with its server’s version.'),
    rightServer: text('The right side with its server’s version.'),
    objectsCompared: count('Objects.'),
    kinds: { type: 'object', additionalProperties: count('Objects of this kind.'), description: 'Objects by kind.' },
    excluded: names('What was left out as told.'),
    notCompared: names('What is known not to be compared.'),
    cycles: count('Dump/restore cycles until expressions were stable.'),
    leftFingerprint: text('SHA-256 of all that is compared of the left side.'),
    rightFingerprint: text('SHA-256 of all that is compared of the right side.'),
  },
  {
    factsCompared: count('Properties read from the catalogs of both sides.'),
    included: names('Schemas to which the comparison was restricted.'),
    waived: names('What waivers name.'),
    unmodelled: names('Catalog columns that no comparison reads.'),
    incomplete: names('What could not be compared as it should.'),
  },
);

/** The JSON of `diff --format json` as JSON Schema (draft 7). Fields may be added later, so that it forbids none. */
export function comparisonJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'pgrehearse diff',
    ...record(
      'A comparison of two schemas.',
      {
        format: { const: comparisonFormat, description: 'The name of this format.' },
        exitCode: { enum: [0, 1], description: '0 same, 1 different.' },
        left: text('How the left side is called.'),
        right: text('How the right side is called.'),
        outcome: { enum: ['same', 'different'], description: 'same: nothing that counts differs, and no waiver is at fault.' },
        summary: text('One sentence.'),
        differences: listOf(difference, 'Security first.'),
        waivers: listOf(waiver, 'In the order of the file.'),
        scope,
        advice: record('All advice as one script.', {
          changes: { enum: ['left', 'right'], description: 'The side that it would change.' },
          script: text('SQL; empty where no statement is known.'),
          without: count('Differences for which no statement is known.'),
        }),
        artifacts: names('Paths of the files that were kept.'),
      },
      {
        hidden: record('Differences that aren’t told, as asked for; they don’t count.', {
          classes: listOf(differenceClass, 'The classes that are told.'),
          differences: count('How many there are of other classes.'),
        }),
      },
    ),
  };
}
