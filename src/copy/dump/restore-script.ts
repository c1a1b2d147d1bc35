import type { DumpFile, DumpManifest, DumpRows, DumpTable } from '../../core/dump-manifest.ts';
import { qualifiedName, quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { makeStaging, putStaged, stagingTable } from './large-object-rows.ts';

type Restored = Pick<DumpManifest, 'scripts' | 'tables' | 'largeObjects' | 'companions' | 'facts' | 'text' | 'encryption'>;

/**
 * restore.sql of a dump folder: loads it with psql and zstd (and age where it is encrypted) into an empty database, without us. Each table's rows are counted
 * against the manifest. File names are ours and harmless; names of tables and columns are production's and may hold anything.
 */
export function restoreScript(dump: Restored): string {
  const { scripts, tables, largeObjects, text, encryption } = dump;
  const open = opener(encryption !== undefined);
  return [
    header(dump),
    `${open.script(scripts.preData, 'pre_data')}\n`,
    `set client_encoding = '${text.encoding}';\n`,
    ...tables.map((table) => loadTable(table, open)),
    `set client_encoding = 'UTF8';\n`,
    open.script(scripts.largeObjects, 'large_objects'),
    ...(largeObjects.length === 0 ? [] : [loadLargeObjects(largeObjects, open)]),
    open.script(scripts.sequences, 'sequences'),
    `${open.script(scripts.postData, 'post_data')}\n`,
    'analyze;',
    '\\echo The dump is restored. Run database.sql next: owner, rights, comment and settings of the database.\n',
  ].join('\n');
}

interface Opener {
  /** Runs a file's statements. */
  script(file: DumpFile, variable: string): string;
  /** A program that prints the rows of these files. Holds no quote. */
  program(files: readonly DumpFile[]): string;
}

function opener(isEncrypted: boolean): Opener {
  if (!isEncrypted) {
    return { script: ({ name }) => `\\i ${name}`, program: (files) => `zstd -dcq ${files.map(({ name }) => name).join(' ')}` };
  }
  const decrypt = (name: string) => `age -d -i "$PGREHEARSE_IDENTITY" ${name}`;
  return {
    // psql runs what a variable holds as if it stood here, so nothing is decrypted onto the disk. An empty one means that age failed.
    script: ({ name }, variable) =>
      [
        `\\set ${variable} \`${decrypt(name)} && echo '-- whole'\``,
        `select pg_temp.expect_whole(${quoteLiteral(name)}, :'${variable}') \\g /dev/null`,
        `:${variable}`,
      ].join('\n'),
    program: (files) => `{ ${files.map(({ name }) => `${decrypt(name)};`).join(' ')} } | zstd -dcq`,
  };
}

function loadTable(table: DumpTable, open: Opener): string {
  if (table.files.length === 0) return '';
  const into = table.loadThrough ?? table;
  const name = qualifiedName(into.schema, into.table);
  const columns = table.columns.map(quoteIdentifier).join(', ');
  const program = open.program(table.files);
  const expect = `select pg_temp.expect_rows(${quoteLiteral(name)}, ${table.rows}, :ROW_COUNT) \\g /dev/null\n`;
  if (!/[\n\r]/.test(name + columns)) return `\\copy ${name}${columns === '' ? '' : ` (${columns})`} from program '${program}'\n${expect}`;
  // \copy ends at the end of its line, so a name with a line break can't stand in it.
  const staged = table.columns.map((column, index) => `${quoteIdentifier(column)} as c${index + 1}`).join(', ');
  return [
    `create temporary table pgrehearse_rows as select ${staged} from only ${name} with no data;`,
    `\\copy pg_temp.pgrehearse_rows from program '${program}'`,
    `insert into ${name}${columns === '' ? '' : ` (${columns})`} overriding system value select * from pg_temp.pgrehearse_rows;`,
    expect.trimEnd(),
    'drop table pg_temp.pgrehearse_rows;\n',
  ].join('\n');
}

function loadLargeObjects(files: readonly DumpRows[], open: Opener): string {
  const batches = files.map((file) =>
    [
      `\\copy ${stagingTable} from program '${open.program([file])}'`,
      `select pg_temp.expect_rows('large objects', ${file.rows}, :ROW_COUNT) \\g /dev/null`,
      `${putStaged} \\g /dev/null`,
      `truncate ${stagingTable};`,
    ].join('\n'),
  );
  return [`${makeStaging};`, ...batches, `drop table ${stagingTable};\n`].join('\n');
}

function header({ facts, companions, encryption }: Restored): string {
  const names = companions.map(({ name }) => name).join(', ');
  const identity = encryption === undefined ? '' : ' with PGREHEARSE_IDENTITY set to the file of your age identity';
  const keyFile = encryption?.keyFile;
  return `-- A dump of the database ${facts.database.replaceAll(/\s/g, ' ')}, PostgreSQL ${facts.serverVersion}, data as of ${facts.dataAsOf}.
--
-- To restore it: run roles.sql on the server first (the roles of the source; errors about roles that exist may be ignored), make an empty
-- database from template0, then, in this folder${identity}:
--   psql -X -v ON_ERROR_STOP=1 -d NAME -f restore.sql
-- or from elsewhere with -v folder=/path/of/this/folder. Afterwards run database.sql in it. Are all files as they were written?
--   sha256sum --check SHA256SUMS
-- Needs psql and zstd${encryption === undefined ? '' : ' and age'}. With this file: ${names}.${
    keyFile === undefined ? '' : `\n-- The identity is ${keyFile}, encrypted with the passphrase: age -d ${keyFile} > identity.txt`
  }

\\set QUIET on
\\if :{?folder}
\\cd :folder
\\endif
set client_min_messages = warning;
\\copy (select 1) to program 'cat > /dev/null; test -f manifest.json || { echo "not in the folder of the dump: use -v folder=..." >&2; exit 1; }'
create function pg_temp.expect_rows(name text, expected bigint, loaded bigint) returns void language plpgsql as $$
begin
  if loaded is distinct from expected then raise exception '% got % rows, the dump has %', name, loaded, expected; end if;
end $$;
${
  encryption === undefined
    ? ''
    : `create function pg_temp.expect_whole(name text, content text) returns void language plpgsql as $$
begin
  if right(content, 8) is distinct from '-- whole' then raise exception '% could not be decrypted', name; end if;
end $$;
`
}
`;
}
