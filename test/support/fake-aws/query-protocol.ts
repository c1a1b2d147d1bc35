/** What the Query protocol carries: text at the leaves, lists and structures above. */
export type QueryValue = string | QueryValue[] | { [name: string]: QueryValue };

/**
 * Reads the form of the Query protocol, in which lists are written as `Tags.Tag.1.Key=…` (RDS) or `Filter.1.Name=…` (EC2).
 * The name between a list and its number says nothing and is left out.
 *
 * @example readQuery('Tags.Tag.1.Key=a&Tags.Tag.1.Value=b') // { Tags: [{ Key: 'a', Value: 'b' }] }
 */
export function readQuery(body: string): { [name: string]: QueryValue } {
  const tree: Branch = new Map();
  for (const [name, value] of new URLSearchParams(body)) put(tree, name.split('.'), value);
  return asValue(tree) as { [name: string]: QueryValue };
}

type Branch = Map<string, Branch | string>;

function put(branch: Branch, [first = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    branch.set(first, value);
    return;
  }
  const next = branch.get(first);
  const inner: Branch = next instanceof Map ? next : new Map();
  branch.set(first, inner);
  put(inner, rest, value);
}

function asValue(branch: Branch | string): QueryValue {
  if (typeof branch === 'string') return branch;
  const [only] = branch;
  // One inner name with numbers below it is a list's member name.
  if (branch.size === 1 && only !== undefined && only[1] instanceof Map && isNumbered(only[1])) return listOf(only[1]);
  if (isNumbered(branch)) return listOf(branch);
  return Object.fromEntries([...branch].map(([name, inner]) => [name, asValue(inner)]));
}

function isNumbered(branch: Branch): boolean {
  return branch.size > 0 && [...branch.keys()].every((name) => /^[1-9]\d*$/.test(name));
}

function listOf(branch: Branch): QueryValue[] {
  return [...branch].toSorted(([left], [right]) => Number(left) - Number(right)).map(([, inner]) => asValue(inner));
}

/** A list as XML writes it: each item in an element of this name. */
export class XmlList {
  readonly item: string;
  readonly items: readonly XmlValue[];
  constructor(item: string, items: readonly XmlValue[]) {
    this.item = item;
    this.items = items;
  }
}

export type XmlValue = string | number | boolean | Date | undefined | XmlList | { readonly [name: string]: XmlValue };

/** Writes a value as elements; what is undefined is left out. */
export function toXml(value: XmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (value instanceof XmlList) return value.items.map((item) => `<${value.item}>${toXml(item)}</${value.item}>`).join('');
  if (typeof value !== 'object') return String(value).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([name, inner]) => `<${name}>${toXml(inner)}</${name}>`)
    .join('');
}
