import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ok } from '../../src/core/result.ts';
import type { Address } from '../../src/core/server.ts';
import { compareSchemas } from '../../src/schema/compare-schemas.ts';
import { splitStatements } from '../../src/sql/split-statements.ts';
import { ProductionServer } from '../scenarios/production-server.ts';
import { testContext } from '../support/test-context.ts';

const realFolder = process.env.PGREHEARSE_REAL ?? '';

/** The statements of a history, in their order: whole files, and those that can't run in a transaction statement by statement. */
function filesOf(project: string): readonly string[] {
  const folder = join(realFolder, project);
  const names = readdirSync(folder).filter((name) => !name.endsWith('.down.sql'));
  const files = names.includes('migration_lock.toml') ? names.filter((name) => !name.includes('.')).map((name) => `${name}/migration.sql`) : names;
  return files.sort().map((file) => (readFileSync(join(folder, file), 'utf8').split(/^-- \+goose Down.*$/m)[0] ?? '').replaceAll('/* TEMPLATE: schema */', ''));
}

async function build(url: string, files: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const text of files) {
      const statements = splitStatements(text).map((statement) => statement.text);
      // A file goes as a whole, as its tool sends it, where that is possible.
      if (!statements.some((statement) => /\bindex\s+concurrently\b/i.test(statement))) await client.query(text);
      else for (const statement of statements) await client.query(statement);
    }
  } finally {
    await client.end();
  }
}

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  let server: ProductionServer;
  beforeAll(async () => {
    server = await ProductionServer.start(major);
  });
  afterAll(async () => server[Symbol.asyncDispose]());

  test.each(['docs.rs', 'openfga', 'river', 'langfuse'])('%s, built twice from its history and once from a dump, is the same each time', async (project) => {
    const address = (database: string): Address => ({ host: '127.0.0.1', port: server.port, user: 'postgres', database, tls: 'disable' });
    await server.load('first', '');
    const admin = new pg.Client({ connectionString: server.url('postgres') });
    await admin.connect();
    await admin.query('create database second');
    await admin.query('create database restored');
    await admin.end();
    const files = filesOf(project);
    await build(server.url('first'), files);
    await build(server.url('second'), files);
    const dump = await testContext().edge.postgres.pgDumpFor(major);
    if (!dump.ok) throw new Error(dump.failure.message);
    const text = await dump.value.dumpSchema(address('first'));
    if (!text.ok) throw new Error(text.failure.message);
    await build(server.url('restored'), [text.value.replace(/^\\(un)?restrict .*$/gm, '')]);
    for (const other of ['second', 'restored']) {
      const sides = [
        { address: address('first'), label: 'first' },
        { address: address(other), label: other },
      ] as const;
      const compared = await compareSchemas(testContext(), ...sides, { exclude: [], scratch: async () => ok(address('postgres')) });
      if (!compared.ok) throw new Error(compared.failure.message);
      const { differences, scope } = compared.value;
      expect(scope.objectsCompared).toBeGreaterThan(10);
      expect(differences.filter((difference) => difference.class !== 'deparse-only')).toEqual([]);
      if (other === 'second') expect(scope.leftFingerprint).toBe(scope.rightFingerprint);
    }
  });
});
