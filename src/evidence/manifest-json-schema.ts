type JsonSchema = Readonly<Record<string, unknown>>;

const text = (description: string): JsonSchema => ({ type: 'string', description });
const count = (description: string): JsonSchema => ({ type: 'integer', minimum: 0, description });
const flag = (description: string): JsonSchema => ({ type: 'boolean', description });
const sha256 = (description: string): JsonSchema => ({ type: 'string', pattern: '^[0-9a-f]{64}$', description });
const listOf = (items: JsonSchema, description: string): JsonSchema => ({ type: 'array', items, description });

function record(description: string, required: Readonly<Record<string, JsonSchema>>, optional: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
  return { type: 'object', description, properties: { ...required, ...optional }, required: Object.keys(required) };
}

const migration = record('A migration file of the repo.', {
  revision: text('What the ledger calls it.'),
  file: text('Relative to the project.'),
  sha256: sha256('Of the file.'),
  pending: flag('Whether production did not have it yet.'),
});

const run = record(
  'What the run was: worked out of the journal, with which it has to agree.',
  {
    versions: record(
      'What took part.',
      {},
      {
        pgrehearse: text('Version of pgrehearse.'),
        node: text('Version of Node.'),
        migrationTool: text('The migration tool, or the command that runs it.'),
        sourceServer: text('Version of the source’s server.'),
        cloneServer: text('The clones’ server.'),
        pgDump: text('The pg_dump that read the structure.'),
      },
    ),
    migrations: listOf(migration, 'Every one, in the order of the tool.'),
  },
  {
    title: text('The project.'),
    scope: text('What it was about, where that isn’t the deploy.'),
    startedAt: text('ISO 8601.'),
    endedAt: text('ISO 8601.'),
    verdict: record(
      'Absent: the record ends before it.',
      { kind: { enum: ['PASS', 'BLOCKER', 'INCONCLUSIVE'], description: 'The verdict.' }, exitCode: count('Of the program.') },
      { rootCause: text('Absent for a PASS.') },
    ),
    madeBy: record('Who and where.', { user: text('User of the machine.'), host: text('Its name.'), platform: text('System and processor.') }),
    project: record(
      'What was rehearsed.',
      { folder: text('The project’s folder.'), configSha256: sha256('Of the parsed configuration, secrets left out.') },
      { commit: text('Commit of git.'), dirty: flag('Whether there were uncommitted changes.') },
    ),
    data: record(
      'What it was rehearsed on.',
      { source: text('The source.'), database: text('Its database.'), dataAsOf: text('ISO 8601: the instant of production that the copy shows.') },
      { imageId: text('The frozen copy of which the clones were made.'), imageMadeAt: text('ISO 8601, where an earlier run made it.') },
    ),
  },
);

const artifact = record('A file of the run folder.', {
  path: text('Below the run folder, with forward slashes.'),
  title: text('What it holds.'),
  sizeBytes: count('Bytes.'),
  sha256: sha256('Of the file.'),
});

/** manifest.json of a sealed run as JSON Schema (draft 7). Fields may be added later, so that it forbids none. */
export function manifestJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'manifest.json of a sealed run',
    ...record(
      'The run’s root hash is the SHA-256 of this file as it stands: two blanks of indentation, a line feed at the end.',
      {
        format: { const: 'pgrehearse-evidence/2', description: 'Name and number of the format.' },
        runId: text('The run, and the name of its folder.'),
        createdAt: text('ISO 8601: when it was sealed.'),
        run,
        journal: record('The journal: JSON Lines, each with the hash of the one before.', {
          path: { const: 'journal.jsonl', description: 'Its file.' },
          entries: count('Lines.'),
          sha256: sha256('Of the file.'),
          lastEntrySha256: sha256('What the last line says of itself.'),
        }),
        artifacts: listOf(artifact, 'Every other file, by path.'),
      },
      {
        signature: record('Set where the run was to be signed: without its signature it isn’t whole.', {
          by: { enum: ['ssh', 'minisign'], description: 'The tool: ssh-keygen or minisign.' },
          file: text('Beside the manifest.'),
          key: text('Fingerprint of the SSH key, or minisign’s public key.'),
        }),
      },
    ),
  };
}
