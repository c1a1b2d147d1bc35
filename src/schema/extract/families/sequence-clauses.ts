/** The bounds of a sequence as its creator wrote them: those that follow from type and direction aren't told as numbers. @param q an alias of pg_sequence @param before what stands before a number */
export function sequenceMinimum(q: string, before = ''): string {
  return `case when ${q}.seqmin = case when ${q}.seqincrement > 0 then 1 else ${leastOf(q)} end then 'NO MINVALUE' else '${before}' || ${q}.seqmin end`;
}

export function sequenceMaximum(q: string, before = ''): string {
  return `case when ${q}.seqmax = case when ${q}.seqincrement < 0 then -1 else ${greatestOf(q)} end then 'NO MAXVALUE' else '${before}' || ${q}.seqmax end`;
}

function leastOf(q: string): string {
  return `case ${q}.seqtypid::pg_catalog.int4 when 21 then -32768 when 23 then -2147483648 else -9223372036854775808 end`;
}

function greatestOf(q: string): string {
  return `case ${q}.seqtypid::pg_catalog.int4 when 21 then 32767 when 23 then 2147483647 else 9223372036854775807 end`;
}
