import { knownMajors } from '../src/schema/coverage/catalog.ts';
import { coverage } from '../src/schema/coverage/coverage-list.ts';

/** The page that says, for every column of the catalogs, what a comparison of schemas makes of it. */
export function schemaCoverageReference(): string {
  const [oldest, newest] = [knownMajors[0], knownMajors.at(-1)];
  const sections = coverage.map((table) => {
    const rows = table.columns.map(
      ({ columns, treatment, why, since, until }) => `| ${columns.map((column) => `\`${column}\``).join(' ')} | ${treatment} | ${why}${span(since, until)} |`,
    );
    return `## ${table.name}${span(table.since)}\n\n| Columns | Treatment | |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# What a comparison of schemas reads\n\nEvery table of \`pg_catalog\` with every column, for PostgreSQL ${oldest} to ${newest}. *Compared*: a difference in it is a difference of the schema, told as the kind and property named here. *Derived*: follows from something that is compared. *Physical*: where and how rows are stored at this moment. *Ignored*: not compared, for the reason given. A test fails when a server has a column that isn’t listed here, and when no probe changes one that is listed as compared.\n\n${sections.join('\n')}`;
}

function span(since?: number, until?: number): string {
  if (since === undefined && until === undefined) return '';
  if (until === undefined) return ` (from version ${since})`;
  return since === undefined ? ` (to version ${until})` : ` (versions ${since} to ${until})`;
}
