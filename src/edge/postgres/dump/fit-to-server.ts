import { isDumpHead, stripRestrict } from '../../../sql/strip-restrict.ts';

/** Since this major a dump's head sets transaction_timeout; an older server has no such setting. */
const TRANSACTION_TIMEOUT_SINCE = 17;
const transactionTimeout = '\nSET transaction_timeout = 0;\n';

/**
 * Makes a dump by a newer pg_dump fit for a server of the source's own major and for any reader of SQL: without the `\restrict` lines, which only
 * psql understands, and without settings that the server doesn't have. Bodies of functions are never touched.
 */
export function fitToServer(dump: string, serverMajor: number): string {
  const plain = stripAttributeVersions(stripRestrict(dump));
  if (serverMajor >= TRANSACTION_TIMEOUT_SINCE) return plain;
  const at = plain.indexOf(transactionTimeout) + 1;
  return at === 0 || !isDumpHead(plain.slice(0, at)) ? plain : plain.slice(0, at) + plain.slice(at + transactionTimeout.length - 1);
}

const name = String.raw`(?:"(?:[^"]|"")+"|[^\s".;]+)`;
const versioned = new RegExp(
  String.raw`(?<=\n)(ALTER (?:FOREIGN )?TABLE ONLY ${name}\.${name} ALTER COLUMN ${name} SET \()pg_attver=\d+(?:, ([^\n]*)|)\);\n`,
  'g',
);

/**
 * Takes out what a column's parameters say of the place in the WAL at which the column was last changed. Servers since the minor versions of November 2026 keep it
 * there; an older pg_dump takes it for a parameter like others, which an older server doesn't know, and which means nothing in another one.
 */
function stripAttributeVersions(dump: string): string {
  if (!dump.includes(' SET (pg_attver=')) return dump;
  return dump.replace(versioned, (statement: string, start: string, others: string | undefined, at: number) => {
    if (!isOfTable(dump, at)) return statement;
    return others === undefined ? '' : `${start}${others});\n`;
  });
}

/** Whether this place of a dump is below a header of a table or materialized view, and so in no function's body. */
function isOfTable(dump: string, at: number): boolean {
  const header = dump.lastIndexOf('\n-- Name: ', at);
  return /; Type: (FOREIGN TABLE|TABLE|MATERIALIZED VIEW); Schema: /.test(dump.slice(header + 1, dump.indexOf('\n--\n', header)));
}
