import type { FactFamily } from '../../src/schema/extract/fact-family.ts';

/** One thing that a family says: a property of a kind of objects, or (without a property) that such objects are there. */
export interface Cell {
  readonly family: string;
  readonly kind: string;
  /** As in `generalised`; undefined for the objects themselves. */
  readonly property?: string;
}

/** Properties whose names hold a name of the user's, by what they begin with; `attribute a comment` is another one than `attribute a`. */
const open =
  /^(parameter|option|setting of the database|setting|security label|statistics of column|depends on extension|member of|rights on parameter|mapping for|operator|function|table|schema|constraint|attribute) (.*)$/;
const fixed = new Set(['attribute order']);
const saidOfPart = /^(?:"(?:[^"]|"")*"|\S+)( comment| security label)/;

/** The name of a property without names of the user's: `parameter fillfactor` is `parameter …`. */
export function generalised(property: string): string {
  if (property.startsWith('index ')) return `index ${generalised(property.slice('index '.length))}`;
  const [, beginning, rest = ''] = fixed.has(property) ? [] : (open.exec(property) ?? []);
  if (beginning === undefined) return property;
  const role = beginning === 'setting of the database' && / for role /.test(rest) ? ' for role' : '';
  const toast = beginning === 'parameter' && rest.startsWith('toast.') ? 'toast.' : '';
  const part = beginning === 'constraint' || beginning === 'attribute' ? (saidOfPart.exec(rest)?.[1] ?? '') : '';
  return `${beginning} ${toast}…${role}${part}`;
}

export function showCell({ family, kind, property }: Cell): string {
  return `${family}: ${kind}: ${property ?? 'is there'}`;
}

/**
 * The family as it would be if it didn't say this. Its query is run as it is, and its answer is made poorer, so that the mutation can't be wrong about SQL.
 *
 * @param names every name of a property that the cell stands for
 */
export function withoutCell(family: FactFamily, cell: Cell, names: readonly string[]): FactFamily {
  const kind = literal(cell.kind);
  const named = `array[${names.map(literal).join(', ')}]::text[]`;
  return {
    ...family,
    sql: (major) => {
      const rows = `(${family.sql(major)}) w`;
      if (cell.property === undefined) return `select w.* from ${rows} where w.kind <> ${kind}`;
      if (family.properties === undefined) return `select w.* from ${rows} where w.kind <> ${kind} or w.property <> all (${named})`;
      const properties = family.properties.map((property) =>
        names.includes(property) ? `case when w.kind <> ${kind} then w."${property}" end as "${property}"` : `w."${property}"`,
      );
      const hashed = (family.hashed ?? []).map((column) => `w."${column}"`);
      const more = `case when w.kind <> ${kind} then w.more
                         else (select jsonb_object_agg(m.key, m.value) from jsonb_each(w.more) m where m.key <> all (${named})) end as more`;
      return `select w.kind, w.name, w.parent, w.home, ${[...(family.ordered ? ['w.place'] : []), ...properties, ...hashed, more].join(', ')} from ${rows}`;
    },
  };
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What the wide families say in `more`, by beginnings of names: what people may name as they like. */
export const furtherProperties: Readonly<Record<string, readonly string[]>> = {
  tables: ['parameter …', 'parameter toast.…', 'option …'],
  columns: ['parameter …', 'option …'],
  constraints: ['parameter …', 'statistics of column …'],
  indexes: ['parameter …', 'statistics of column …'],
  views: ['parameter …', 'parameter toast.…'],
  policies: ['kind'],
  types: ['attribute …'],
  domains: ['constraint …'],
  routines: ['setting …'],
  'operator families': ['operator …', 'function …'],
  'text search configurations': ['mapping for …'],
  publications: ['table …', 'schema …'],
  subscriptions: ['security label …'],
  'foreign data wrappers': ['option …'],
  'foreign servers': ['option …'],
  'options of user mappings': ['option …'],
  database: ['setting of the database …', 'setting of the database … for role', 'security label …'],
  roles: ['member of …', 'setting …', 'security label …', 'rights on parameter …'],
};

/** The first major that has a property. */
export const propertySince: Readonly<Record<string, number>> = {
  'columns: not null constraint name': 18,
  'columns: not null inherited': 18,
  'columns: no inherit': 18,
  'inherited constraints: enforced apart from its parent': 18,
  'domains: not null constraint name': 17,
};

const server = 'belongs to the whole server, which both databases of a pair are on: tried in whole-server.test.ts';
const creation = 'is decided when the database is made: tried in whole-server.test.ts';

/** What no pair of probes can make differ, and why. */
export const defendedApart: Readonly<Record<string, string>> = {
  'roles: role: attributes': server,
  'roles: never said: connection limit of the role': server,
  'roles: never said: login': server,
  'roles: never said: valid until': server,
  'roles: never said: comment': server,
  'roles: never said: member of …': server,
  'roles: never said: setting …': server,
  'roles: never said: security label …': server,
  'roles: never said: rights on parameter …': server,
  'database: database: is there': 'there is always one',
  'database: database: encoding': creation,
  'database: database: collate of the database': creation,
  'database: database: ctype of the database': creation,
  'database: never said: collation version of the database': creation,
  'database: never said: locale provider': creation,
  'database: never said: locale of the database': creation,
  'database: never said: ICU rules of the database': creation,
  'database: never said: default tablespace': creation,
  'large objects: never said: content': 'there are a thousand: tried in whole-server.test.ts',
  'operator families: operator family: definition': 'the name says it too',
  'subscriptions: subscription: enabled': 'an enabled subscription connects to its publisher: tried in whole-server.test.ts',
  'privileges: type: attribute …': 'nobody can be granted an attribute of a composite type',
};

/** What may be left out unnoticed, and why. */
export const saidTwice: Readonly<Record<string, string>> = {
  'schemas: schema: is there': 'its owner says it too',
  'large objects: large object: is there': 'its owner says it too',
  'user mappings: user mapping: is there': 'its options say it too, to whom may read them',
  'roles: role: is there': 'a role that only one side refers to is told by what refers to it',
};
