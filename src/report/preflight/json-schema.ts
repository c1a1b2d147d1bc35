import { preflightCheckNames, preflightFormat } from '../../core/preflight.ts';
import { productionFormat } from '../../core/production.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

const text = (description: string): JsonSchema => ({ type: 'string', description });
const count = (description: string): JsonSchema => ({ type: 'number', minimum: 0, description });
const flag = (description: string): JsonSchema => ({ type: 'boolean', description });
const listOf = (items: JsonSchema, description: string): JsonSchema => ({ type: 'array', items, description });
const sha256 = (description: string): JsonSchema => ({ type: 'string', pattern: '^[0-9a-f]{64}$', description });

function record(description: string, required: Readonly<Record<string, JsonSchema>>, optional: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
  return { type: 'object', description, properties: { ...required, ...optional }, required: Object.keys(required) };
}

const check = record(
  'One question, and what was found.',
  {
    check: { enum: preflightCheckNames, description: 'Its name.' },
    outcome: { enum: ['go', 'no-go', 'unknown', 'not-applicable'], description: 'not-applicable neither stops a GO nor makes one.' },
    required: flag('false: told, and doesn’t decide.'),
    summary: text('One sentence.'),
    reasons: listOf(text('One sentence.'), 'Each thing that was found, by name.'),
  },
  { cure: text('What to do.') },
);

const rehearsal = record(
  'The rehearsal that it is about.',
  { runId: text('Its run.') },
  {
    endedAt: text('ISO 8601.'),
    verdict: text('PASS, BLOCKER or INCONCLUSIVE.'),
    rootSha256: sha256('SHA-256 of its manifest; absent where it isn’t sealed.'),
    transcriptSha256: sha256('SHA-256 of its deploy transcript.'),
  },
);

/** The JSON of `preflight --json` as JSON Schema (draft 7). Fields may be added later, so that it forbids none. */
export function preflightJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'pgrehearse preflight',
    ...record('Whether the sealed evidence of a rehearsal still applies to production.', {
      format: { const: preflightFormat, description: 'The name of this format.' },
      decision: { enum: ['GO', 'NO-GO', 'UNKNOWN'], description: 'GO only when every required check says go.' },
      exitCode: { enum: [0, 1, 3], description: 'GO 0, NO-GO 1, UNKNOWN 3.' },
      summary: text('Why, in a sentence.'),
      checkedAt: text('ISO 8601.'),
      production: text('Production as people call it; no secret.'),
      rehearsal,
      checks: listOf(check, 'In a fixed order.'),
      durationMs: count('Milliseconds.'),
    }),
  };
}

/** A part of production that is known, or why it isn't. */
const known = (description: string, value: JsonSchema): JsonSchema => ({
  description,
  anyOf: [record('It is known.', { value }), record('Nobody knows it.', { unknown: text('Why.') })],
});

const settings = (description: string) => listOf(text('name=value'), description);

const role = record(
  'A role, without its password.',
  {
    name: text('Its name.'),
    ...Object.fromEntries(
      ['superuser', 'inherit', 'createRole', 'createDb', 'canLogin', 'replication', 'bypassRls'].map((name) => [name, flag('An attribute.')]),
    ),
    connectionLimit: { type: 'integer', description: '-1: none.' },
    settings: { type: 'object', additionalProperties: settings('Settings.'), description: 'By database; the empty name is in all of them.' },
  },
  { validUntil: text('ISO 8601; absent: for ever.'), comment: text('Its comment.') },
);

const membership = record('Who is a member of what.', {
  role: text('The group.'),
  member: text('The member.'),
  grantor: text('By whose grant.'),
  admin: flag('With admin option.'),
  inherit: { type: ['boolean', 'null'], description: 'PostgreSQL 16 and later.' },
  set: { type: ['boolean', 'null'], description: 'PostgreSQL 16 and later.' },
});

const ledgerRow = record(
  'A migration that production’s list has.',
  { value: text('What its column holds.'), state: { enum: ['applied', 'unfinished', 'reverted'], description: 'As its columns say.' } },
  { checksum: text('As the tool recorded it.') },
);

/** production.json of a run folder as JSON Schema (draft 7). Fields may be added later, so that it forbids none. */
export function productionJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'pgrehearse production',
    ...record('What production was at one instant. No passwords.', {
      format: { const: productionFormat, description: 'The name of this format.' },
      takenAt: text('ISO 8601: the instant that everything here shows.'),
      source: record('Where it was read.', { kind: text('url, dump, …'), label: text('No secret.') }),
      database: text('Name of the database.'),
      server: known(
        'The server.',
        record(
          'The server.',
          {
            version: text('As show server_version says.'),
            systemIdentifier: { type: ['string', 'null'], description: 'Null: the role may not ask.' },
            isStandby: flag('Whether it replays another server’s WAL.'),
          },
          { databaseOid: { type: 'number', description: 'Of the database on that server; absent in older records.' } },
        ),
      ),
      schema: known(
        'The schema; all that the catalogs say is in production-schema.json.',
        record('The schema.', {
          fingerprint: sha256('Of all that the catalogs say.'),
          kinds: {
            type: 'object',
            additionalProperties: record('Objects of one kind.', { objects: count('How many.'), sha256: sha256('Of all that the catalogs say of them.') }),
            description: 'By kind of object.',
          },
          unread: listOf(text('A catalog’s column.'), 'What the role may not see, and of which there is something.'),
        }),
      ),
      ledger: known('The list of applied migrations.', {
        anyOf: [
          { type: 'null', description: 'The team keeps none.' },
          record('The list.', {
            table: text('As configured.'),
            exists: flag('false: there is no such table yet.'),
            rows: listOf(ledgerRow, 'By value.'),
            sha256: sha256('Of all rows with all their columns.'),
          }),
        ],
      }),
      extensions: known(
        'Extensions.',
        listOf(record('One.', { name: text('Its name.'), version: text('Its version.'), schema: text('Its schema.') }), 'By name.'),
      ),
      roles: known('Roles.', record('Roles.', { roles: listOf(role, 'All but Postgres’ own.'), memberships: listOf(membership, 'Of these roles.') })),
      settings: known(
        'Settings.',
        record('Settings.', {
          database: settings('Those of the database.'),
          server: settings('Those of the server that change what SQL does and aren’t Postgres’ own defaults.'),
          owner: text('Owner of the database.'),
          grants: listOf(
            record('A right on the database.', { grantee: text('Empty: everybody.'), privilege: text('CONNECT, …'), grantable: flag('With grant option.') }),
            'By grantee.',
          ),
          collationVersions: { type: 'object', additionalProperties: text('Version.'), description: 'Of the libraries that sort.' },
          hidden: listOf(text('A setting and why.'), 'What could not be compared.'),
        }),
      ),
      tables: known(
        'Tables.',
        listOf(
          record('A table.', {
            table: text('Qualified name.'),
            bytes: count('With indexes and TOAST, as the planner knows it.'),
            rights: listOf(text('A right.'), 'Of the role that migrates.'),
          }),
          'By name.',
        ),
      ),
    }),
  };
}
