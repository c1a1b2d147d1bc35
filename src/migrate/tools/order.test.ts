import fc from 'fast-check';
import { expect, test } from 'vitest';
import { migrationFiles } from '../../../test/support/migration-files.ts';
import type { LayoutReader } from '../migration-file.ts';
import { readDbmate } from './dbmate/read-dbmate.ts';
import { readDiesel } from './diesel/read-diesel.ts';
import { readGolangMigrate } from './golang-migrate/read-golang-migrate.ts';
import { readGoose } from './goose/read-goose.ts';
import { readSqlx } from './sqlx/read-sqlx.ts';

const byNumber = (left: string, right: string) => (BigInt(left) < BigInt(right) ? -1 : 1);
const asText = (left: string, right: string) => (left < right ? -1 : 1);

interface Tool {
  readonly read: LayoutReader;
  readonly path: (version: string) => string;
  readonly text: string;
  readonly order: (left: string, right: string) => number;
}

const tools: Readonly<Record<string, Tool>> = {
  goose: {
    read: (files) => readGoose(files, { byTool: false, allowMissing: false }),
    path: (version) => `${version}_x.sql`,
    text: '-- +goose Up\n',
    order: byNumber,
  },
  sqlx: { read: (files) => readSqlx(files), path: (version) => `${version}_x.sql`, text: '', order: byNumber },
  'golang-migrate': { read: (files) => readGolangMigrate(files), path: (version) => `${version}_x.up.sql`, text: '', order: byNumber },
  Diesel: { read: readDiesel, path: (version) => `${version}_x/up.sql`, text: 'select 1', order: asText },
  // A digit comes before the underscore, so that 10_x is before 1_x: names are compared, not versions.
  dbmate: {
    read: (files) => readDbmate(files),
    path: (version) => `${version}_x.sql`,
    text: '-- migrate:up\n',
    order: (left, right) => asText(`${left}_`, `${right}_`),
  },
};

const digits = fc.tuple(fc.constantFrom('', '0', '00'), fc.bigInt({ min: 1n, max: 20_300_101_000_000n })).map(([zeroes, number]) => `${zeroes}${number}`);
const versions = fc.uniqueArray(digits, { selector: (text) => BigInt(text), minLength: 2, maxLength: 12 });

test.each(Object.entries(tools))('%s: one order for the same files, whichever way they are listed, and nothing is lost', (_, { read, path, text, order }) => {
  fc.assert(
    fc.property(versions, fc.infiniteStream(fc.nat()), (given, ranks) => {
      const shuffled = given.map((version) => ({ version, rank: ranks.next().value ?? 0 })).toSorted((left, right) => left.rank - right.rank);
      const files = (list: readonly string[]) => migrationFiles(Object.fromEntries(list.map((version) => [path(version), text])));
      const { migrations, problems } = read(files(given));
      expect(problems).toEqual([]);
      expect(migrations.map(({ revision }) => revision)).toEqual(given.toSorted(order).map((version) => `${version}_x`));
      expect(read(files(shuffled.map(({ version }) => version))).migrations).toEqual(migrations);
    }),
    { numRuns: 50 },
  );
});
