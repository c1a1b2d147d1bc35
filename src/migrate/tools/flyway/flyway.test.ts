// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Flyway’s placeholders look like that
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { migrationFiles } from '../../../../test/support/migration-files.ts';
import { withFolder } from '../../../../test/support/temporary-folder.ts';
import { flywayChecksum } from './checksum.ts';
import { compareFlywayVersions, readFlywayName, readFlywayVersion } from './file-name.ts';
import { flyway } from './flyway.ts';
import { type FlywaySettings, readConf } from './flyway-settings.ts';
import { replacePlaceholders } from './placeholders.ts';
import { readFlyway } from './read-flyway.ts';
import { flywayTransaction } from './transactions.ts';

const usual: FlywaySettings = {
  naming: { versioned: 'V', repeatable: 'R', undo: 'U', baseline: 'B', separator: '__', suffixes: ['.sql'] },
  folders: [],
  outOfOrder: false,
  refusesIgnored: true,
  mixed: false,
  inTransaction: true,
  locksInTransaction: true,
  replacePlaceholders: true,
  marks: { prefix: '${', suffix: '}' },
  placeholders: new Map([['env', 'prod']]),
  defaultSchema: undefined,
  notFollowed: [],
};
const read = (texts: Record<string, string>, settings: Partial<FlywaySettings> = {}, byTool = false) =>
  readFlyway(migrationFiles(texts), { settings: { ...usual, ...settings }, byTool, ownPlaceholders: new Map([['flyway:table', 'flyway_schema_history']]) });

// Rows that Flyway 9 wrote, with the files that it wrote them for: the dump and db/migration of github.com/krystian-leszczewski-vimn/migrations at 6f76e3f.
test.each([
  [
    'create table migrations.test_table(\n    id VARCHAR (16) NOT NULL,\n    env VARCHAR (16) NOT NULL,\n    text_variable VARCHAR (16) NOT NULL,\n    PRIMARY KEY (id)\n);',
    1738658883,
  ],
  ['alter table migrations.test_table\nadd added_column varchar(16);', -604825677],
  ["insert into migrations.test_table(id, env, text_variable) VALUES ('2', 'all', 'text2');", -1201013230],
  // A placeholder counts as it is written.
  ["insert into migrations.test_table(id, env, text_variable)\nselect '3', 'prod', 'text'\nwhere '${env}' = 'prod';", -1022569440],
])('the checksum that Flyway itself recorded for %j', (text, checksum) => {
  expect(flywayChecksum(text)).toBe(checksum);
});

test('line ends and a byte order mark don’t count; the check value of CRC-32 does', () => {
  // The two texts of SqlMigrationResolverSmallTest.java.
  expect(flywayChecksum('abc\ndef efg\nxyz')).toBe(flywayChecksum('abc\r\ndef efg\nxyz\r\n'));
  expect(flywayChecksum('\uFEFFabc')).toBe(flywayChecksum('abc'));
  expect(flywayChecksum('123456789')).toBe(0xcbf43926 | 0);
  expect(flywayChecksum('')).toBe(0);
});

test.each([
  ['V1__init.sql', { kind: 'versioned', version: { text: '1' }, description: 'init' }],
  ['V1_10__add_email.sql', { kind: 'versioned', version: { text: '1.10', parts: [1n, 10n] }, description: 'add email' }],
  ['V2013.01.15.11.35.56__x.sql', { version: { text: '2013.01.15.11.35.56', parts: [2013n, 1n, 15n, 11n, 35n, 56n] } }],
  ['V2.0__a__b.sql', { version: { text: '2.0', parts: [2n] }, description: 'a  b' }],
  ['V7.sql', { version: { text: '7' }, description: '' }],
  ['R__My view.sql', { kind: 'repeatable', description: 'My view' }],
  ['U2__x.sql', { kind: 'undo' }],
  ['B5__x.sql', { kind: 'baseline' }],
  ['beforeMigrate.sql', { kind: 'callback', event: 'beforeMigrate' }],
  ['afterEachMigrate__grants.sql', { kind: 'callback' }],
  ['V1_add.sql', { kind: 'misnamed' }],
  ['R_view.sql', { kind: 'misnamed' }],
  ['v1__small.sql', { kind: 'misnamed' }],
  ['V1__loud.SQL', { kind: 'misnamed' }],
  ['r__view.sql', { kind: 'misnamed' }],
])('%s', (name, expected) => {
  expect(readFlywayName(name)).toMatchObject(expected);
});

test.each(['Readme.sql', 'Views.sql', 'V1__x.txt', 'views.SQL', 'r_small.sql', 'BEFOREMIGRATE.sql', 'Base.sql', 'seed.sql'])(
  '%s is nobody’s migration',
  (name) => {
    expect(readFlywayName(name)).toBeUndefined();
  },
);

test('versions before repeatable ones, by number and by description; U is the way down', () => {
  const { migrations, problems } = read({
    'R__b_view.sql': 'select 1',
    'sub/V1.10__ten.sql': 'select 10',
    'V1_9__nine.sql': 'select 9',
    'R__A_first.sql': 'select 1',
    'U1.9__nine.sql': 'select -9',
    'V01__one.sql': 'select 1',
    'README.md': '',
  });
  expect(problems).toEqual([]);
  expect(migrations.map(({ revision, down, late, script }) => [revision, down, late, script])).toEqual([
    ['V01__one', undefined, 'refused', 'V01__one.sql'],
    ['V1_9__nine', 'select -9', 'refused', 'V1_9__nine.sql'],
    ['V1.10__ten', undefined, 'refused', 'sub/V1.10__ten.sql'],
    ['R__A_first', undefined, undefined, 'R__A_first.sql'],
    ['R__b_view', undefined, undefined, 'R__b_view.sql'],
  ]);
  expect(read({ 'V1__a.sql': '' }, { outOfOrder: true }).migrations[0]?.late).toBe('applied');
  expect(read({ 'V1__a.sql': '' }, { refusesIgnored: false }).migrations[0]?.late).toBe('skipped');
});

test('what Flyway would write', () => {
  const { migrations } = read({ 'sub/V1_2__add_email.sql': '-- ${env}', 'R__all_views.sql': '' });
  expect(migrations.map((one) => flyway.ledgerValues?.(one, migrations))).toMatchObject([
    { version: '1.2', description: 'add email', type: 'SQL', script: 'sub/V1_2__add_email.sql', checksum: String(flywayChecksum('-- ${env}')) },
    { version: null, description: 'all views' },
  ]);
});

test('B is there only where the files are gone that it stands for', () => {
  const revisions = (names: readonly string[]) => read(Object.fromEntries(names.map((name) => [name, '']))).migrations.map(({ revision }) => revision);
  expect(revisions(['V1__a.sql', 'B2__b.sql', 'V3__c.sql'])).toEqual(['V1__a', 'V3__c']);
  expect(revisions(['B1__a.sql', 'B2__b.sql', 'V3__c.sql'])).toEqual(['B2__b', 'V3__c']);
});

test.each([
  [{ 'V1__a.sql': '', 'V1.0__b.sql': '' }, /has version 1.0, as db\/V1__a.sql: Flyway refuses both/],
  [{ 'R__a.sql': '', 'sub/R__a.sql': '' }, /has the description/],
  [{ 'V1_add.sql': '' }, /passed over by Flyway in silence/],
  [{ 'V1__a.sql': '', 'beforeMigrate.sql': '' }, /callback, which only Flyway itself runs/],
  [{ 'V1__a.sql': 'select 1;\nselect ${who};' }, /placeholder who, whose value isn’t known here/],
  [{ 'V1__a.sql': 'select ${flyway:defaultSchema};' }, /placeholder flyway:defaultSchema/],
  [{ 'V1__a.sql': '', 'V1__a.sql.conf': 'shouldExecute=${env}==prod' }, /shouldExecute/],
])('refused: %j', (texts, message) => {
  expect(read(texts).problems).toMatchObject([{ message: expect.stringMatching(message) }]);
});

test('where Flyway itself runs them, callbacks and placeholders are its business', () => {
  const { migrations, problems } = read({ 'V1__a.sql': 'select ${who}', 'beforeMigrate.sql': '' }, {}, true);
  expect([problems, migrations[0]?.up]).toEqual([[], 'select ${who}']);
});

test('placeholders: without regard to capitals, also in constants; a script may go without', () => {
  const { migrations } = read({
    'V1__a.sql': "select '${ENV}', '${flyway:filename}', '${flyway:table}'",
    'V2__b.sql': 'select ${x}',
    'V2__b.sql.conf': 'placeholderReplacement=false',
  });
  expect(migrations.map(({ up }) => up)).toEqual(["select 'prod', 'V1__a.sql', 'flyway_schema_history'", 'select ${x}']);
  expect(replacePlaceholders('a\n@x@ @y@ @x@', new Map([['y', '$&']]), { prefix: '@', suffix: '@' })).toEqual({
    text: 'a\n@x@ $& @x@',
    unknown: [{ name: 'x', line: 2 }],
  });
});

test('transactions: what Flyway sees, and what a script says', () => {
  expect(flywayTransaction('create unique index /* x */ concurrently i on t (a); drop index concurrently j;')).toEqual({ kind: 'none' });
  expect(flywayTransaction('set lock_timeout = 1;\n\ncreate index concurrently i on t (a);')).toEqual({ kind: 'mixed', line: 3 });
  // Flyway doesn't know that it can't run in a transaction, and production meets the error.
  expect(flywayTransaction('reindex index concurrently i')).toEqual({ kind: 'transaction' });
  const { migrations } = read({ 'V1__a.sql': 'vacuum t;', 'V2__b.sql': 'select 1;', 'V2__b.sql.conf': 'executeInTransaction=false', 'V3__c.sql': 'select 1;' });
  expect(migrations).toMatchObject([{ optsOutOfTransaction: true }, { optsOutOfTransaction: true }, { sentAs: 'transaction', optsOutOfTransaction: false }]);
});

test('names of another kind', () => {
  const naming = { ...usual.naming, versioned: 'db_', separator: '-', suffixes: ['.pgsql', '.ddl'] };
  const { migrations } = read({ 'db_2-second.pgsql': '', 'db_1-first_one.ddl': '', 'V3__x.sql': '' }, { naming });
  expect(migrations.map(({ revision, script }) => [revision, script])).toEqual([
    ['V1__first_one', 'db_1-first_one.ddl'],
    ['V2__second', 'db_2-second.pgsql'],
  ]);
});

test('key=value files', () => {
  expect([...readConf('# x\nflyway.outOfOrder=true\n\nflyway.locations = filesystem:a, filesystem:b\r\nnothing\n')]).toEqual([
    ['flyway.outOfOrder', true],
    ['flyway.locations', 'filesystem:a, filesystem:b'],
  ]);
});

const version = fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));

test('the order of versions is total, and zeroes at the end mean nothing', () => {
  fc.assert(
    fc.property(version, version, version, (...texts) => {
      const [a, b, c] = texts.map(readFlywayVersion);
      if (a === undefined || b === undefined || c === undefined) return false;
      const [ab, ba, bc, ac] = [compareFlywayVersions(a, b), compareFlywayVersions(b, a), compareFlywayVersions(b, c), compareFlywayVersions(a, c)];
      const longer = readFlywayVersion(`${a.text}.0`);
      return ab === -ba && (ab > 0 || bc > 0 || ac <= 0) && longer !== undefined && compareFlywayVersions(a, longer) === 0;
    }),
  );
});

test('files are read in one order, however the folder lists them', () => {
  const names = fc.uniqueArray(fc.tuple(version, fc.constantFrom('a', 'b_c')), {
    selector: ([text]) => readFlywayVersion(text)?.parts.join('.'),
    minLength: 2,
    maxLength: 8,
  });
  fc.assert(
    fc.property(names, (given) => {
      const texts = given.map(([text, what]) => [`V${text.replaceAll('.', '_')}__${what}.sql`, '']);
      const there = read(Object.fromEntries(texts)).migrations.map(({ revision }) => revision);
      return there.length === given.length && String(there) === String(read(Object.fromEntries(texts.toReversed())).migrations.map(({ revision }) => revision));
    }),
  );
});

test('a file that only its letters keep from being a migration is told, not left out', async () => {
  const read = await withFolder({ 'V1__one.sql': 'select 1', 'V2__two.SQL': 'select 2' }, (folder) =>
    flyway.readHistory(folder, { adapter: 'flyway', folder: '.' } as never),
  );
  expect(read).toMatchObject({ ok: false, failure: { code: 'migration-format', message: expect.stringContaining('V2__two.SQL') } });
});
