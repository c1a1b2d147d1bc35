import pg from 'pg';

/** Type oids whose usual JavaScript value would lose something: text is what the server said, and nothing else. */
const asText = new Set([
  // date, time, timestamp, timestamptz, timetz, interval: a Date has no microseconds, no infinity and a time zone of its own.
  1082, 1083, 1114, 1184, 1266, 1186,
  // point, circle: would become objects that can't be sent back.
  600, 718,
]);

/** Arrays of the types above, and of numeric and int8, as arrays of text. */
const asTextArray = new Set([1182, 1183, 1115, 1185, 1270, 1187, 1017, 719, 1231, 1016]);

/** text[]: an oid that the driver's list of names leaves out. */
const TEXT_ARRAY: number = 1009;

/** How column values become JavaScript values: exact, or text. bigint and numeric are strings, json is parsed, bytea is a Buffer. */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (asText.has(oid)) return (value: string) => value;
    if (asTextArray.has(oid)) return (pg.types.getTypeParser as (oid: number) => (value: string) => unknown)(TEXT_ARRAY);
    return pg.types.getTypeParser(oid, format ?? 'text');
  }) as typeof pg.types.getTypeParser,
};
