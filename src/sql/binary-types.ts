/**
 * Built-in types whose binary form holds values and nothing else, by their oids, which never change. Left out: what holds another type's oid
 * (composites, arrays of them, reg…), names its encoding (xml), or has no binary form (aclitem). An enum's binary form is its label.
 */
export const binaryTypes: readonly number[] = [
  // bool, bytea, "char", name, int8, int2, int4, text, oid, json, float4, float8
  16, 17, 18, 19, 20, 21, 23, 25, 26, 114, 700, 701,
  // point, lseg, path, box, polygon, line, circle, money
  600, 601, 602, 603, 604, 628, 718, 790,
  // cidr, inet, macaddr, macaddr8, bpchar, varchar
  650, 869, 829, 774, 1042, 1043,
  // date, time, timestamp, timestamptz, interval, timetz, bit, varbit, numeric, uuid
  1082, 1083, 1114, 1184, 1186, 1266, 1560, 1562, 1700, 2950,
  // jsonb, tsvector, tsquery, pg_lsn
  3802, 3614, 3615, 3220,
  // int4range, numrange, tsrange, tstzrange, daterange, int8range
  3904, 3906, 3908, 3910, 3912, 3926,
  // Arrays: bool, bytea, int8, int2, int4, text, json, float4, float8, varchar, bpchar, date, timestamp, timestamptz, numeric, uuid, jsonb, inet
  1000, 1001, 1016, 1005, 1007, 1009, 199, 1021, 1022, 1015, 1014, 1182, 1115, 1185, 1231, 2951, 3807, 1041,
];
