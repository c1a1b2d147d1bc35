import type { ColumnFacts } from './table-facts.ts';

/** How a column's values get from production's type into staging's. */
export interface Carrying {
  /** A clause for people. */
  readonly how: string;
  /** The value that production gives, of a value of its own. */
  readonly give: (value: string) => string;
  /** SQL that is true of a production value that would not come over as what it is; absent where every value does. */
  readonly spoils?: (value: string) => string;
  /** The type as which values are compared on both sides: a type of Postgres's own. */
  readonly comparedAs: string;
  /** A cast that production has to know, from and to. */
  readonly needsCast?: { readonly from: string; readonly to: string };
}

/** Why there is no way: a clause. */
export interface NoWay {
  readonly noWay: string;
}

const json = (column: ColumnFacts) => column.builtIn && (column.typeName === 'json' || column.typeName === 'jsonb');
const text = (column: ColumnFacts) => column.builtIn && (column.typeName === 'text' || column.typeName === 'varchar' || column.typeName === 'bpchar');
/** Types without an equality of their own: their texts are compared. */
const withoutEquality: ReadonlySet<string> = new Set(['json', 'xml', 'point', 'line', 'polygon', 'path', 'box', 'lseg', 'circle']);

/** Undefined: the types are the same, and values come over as they are. */
export function carry(from: ColumnFacts, to: ColumnFacts): Carrying | NoWay | undefined {
  // Fields go by their places: in another order they would change places in silence.
  if (from.fields !== null && to.fields !== null && from.fields !== to.fields)
    return { noWay: `its fields are (${from.fields}) there and (${to.fields}) here` };
  if (from.type === to.type && sameLabels(from, to)) return undefined;
  if (to.typeKind === 'e' && (from.typeKind === 'e' || text(from))) return toEnum(to);
  if (json(to)) return toJson(from, to);
  if (json(from)) return fromJson(to);
  if (from.typeName === to.typeName && from.typeKind === to.typeKind) return sameName(from, to);
  if (text(to)) return byCast(from, to, 'as text');
  // What only staging knows can only read text, and says itself what it doesn't take.
  if (!to.builtIn)
    return text(from) || to.typeKind === 'd' ? asText(`as text, which ${to.type} reads`) : { noWay: `production doesn’t know the type ${to.type}` };
  return byCast(from, to, `cast to ${to.type}`);
}

function sameLabels(from: ColumnFacts, to: ColumnFacts): boolean {
  return from.labels.length === to.labels.length && from.labels.every((label) => to.labels.includes(label));
}

function toEnum(to: ColumnFacts): Carrying {
  const labels = to.labels.map((label) => `'${label.replaceAll("'", "''")}'`).join(', ');
  return {
    how: `by its label; ${to.type} has ${to.labels.join(', ')}`,
    give: (value) => `(${value})::pg_catalog.text`,
    spoils: (value) => `(${value})::pg_catalog.text <> all (array[${labels}]::pg_catalog.text[])`,
    comparedAs: 'pg_catalog.text',
  };
}

/** Another modifier, another schema of an extension, or an enum's or domain's cousin: one reads the other's text. */
function sameName(from: ColumnFacts, to: ColumnFacts): Carrying {
  if (!to.builtIn) return asText('as text');
  return {
    how: `as it is; staging’s column is ${to.type}`,
    give: (value) => value,
    // An explicit cast cuts and rounds in silence what COPY would refuse or round in silence.
    spoils: (value) => differs(`((${value})::${to.type})::${from.bareType}`, value, from),
    // With its modifier: 1.250 and 1.25 are one value on staging, and two to a hash.
    comparedAs: to.type,
  };
}

function asText(how: string): Carrying {
  return { how, give: (value) => `(${value})::pg_catalog.text`, comparedAs: 'pg_catalog.text' };
}

function toJson(from: ColumnFacts, to: ColumnFacts): Carrying {
  const cast = `pg_catalog.${to.typeName}`;
  if (json(from) || text(from))
    return {
      how: json(from) ? `${from.typeName} read as ${to.typeName}` : 'text read as JSON',
      give: (value) => `(${value})::${cast}`,
      // Evaluating it is the trial: what isn't JSON is an error.
      spoils: (value) => `((${value})::${cast} is null) <> ((${value}) is null)`,
      comparedAs: cast,
    };
  const what = from.isArray ? 'each array as a JSON array' : 'each value as JSON';
  return { how: `${what} (to_${to.typeName})`, give: (value) => `pg_catalog.to_${to.typeName}(${value})`, comparedAs: cast };
}

function fromJson(to: ColumnFacts): Carrying | NoWay {
  const whole = (value: string) => `(${value})::pg_catalog.jsonb`;
  if (text(to))
    return {
      how: 'JSON as its text',
      give: (value) => `(${value})::pg_catalog.text`,
      ...(to.type === to.bareType
        ? {}
        : { spoils: (value: string) => `((${value})::pg_catalog.text)::${to.type}::pg_catalog.text <> (${value})::pg_catalog.text` }),
      comparedAs: 'pg_catalog.text',
    };
  if (!to.builtIn) return { noWay: `production doesn’t know the type ${to.type}` };
  const give = to.isArray
    ? (value: string) =>
        `case pg_catalog.jsonb_typeof(${whole(value)}) when 'array' then
           array(select e.v from pg_catalog.jsonb_array_elements_text(${whole(value)}) with ordinality as e(v, place) order by e.place)::${to.type} end`
    : (value: string) => `(${whole(value)} #>> '{}')::${to.type}`;
  return {
    how: to.isArray ? `each JSON array as ${to.type}` : `each JSON value as ${to.type}`,
    give,
    spoils: (value) => `pg_catalog.to_jsonb(${give(value)}) is distinct from ${whole(value)}`,
    comparedAs: to.bareType,
  };
}

/** There and back: what isn't the same again was changed on the way. */
function byCast(from: ColumnFacts, to: ColumnFacts, how: string): Carrying {
  return {
    how,
    give: (value) => `(${value})::${to.type}`,
    spoils: (value) => differs(`((${value})::${to.type})::${from.bareType}`, value, from),
    comparedAs: to.bareType,
    needsCast: { from: from.type, to: to.type },
  };
}

function differs(left: string, right: string, { typeName, builtIn, isArray }: ColumnFacts): string {
  const comparable = builtIn && !isArray && !withoutEquality.has(typeName);
  return comparable ? `${left} is distinct from (${right})` : `(${left})::pg_catalog.text is distinct from (${right})::pg_catalog.text`;
}
