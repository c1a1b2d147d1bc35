/** A thing in a schema, taken apart into named properties so that a difference can be told as one. */
export interface SchemaObject {
  /** `table`, `column`, `materialized view`, … as people name it. */
  readonly kind: string;
  /** `public.invoice`, `public.invoice.total`, `invoice_pkey on public.invoice`, `public.f(integer)`. */
  readonly name: string;
  /** The relation (or type) that it is a part of, by qualified name. */
  parent?: string;
  readonly properties: Map<string, string>;
  /** The statements that it was read from, as pg_dump wrote them. */
  readonly statements: string[];
}

const relationKinds = ['table', 'view', 'materialized view', 'foreign table', 'sequence'];

/** Where a further statement (COMMENT, GRANT, ALTER) puts what it says: an object, and what to put before the property's name. */
export interface Target {
  readonly object: SchemaObject;
  readonly prefix: string;
}

/** The objects of one schema, found again by the several names under which later statements speak of them. */
export class ObjectSet {
  readonly #objects = new Map<string, SchemaObject>();
  #sorted: readonly SchemaObject[] | undefined;
  readonly #aliases = new Map<string, Target>();

  /** All of them, by kind and name. */
  all(): readonly SchemaObject[] {
    this.#sorted ??= [...this.#objects.values()].sort((a, b) => compareText(objectKey(a), objectKey(b)));
    return this.#sorted;
  }

  get(kind: string, name: string): SchemaObject | undefined {
    return this.#objects.get(`${kind} ${name}`);
  }

  /** The table, view or the like of this qualified name. */
  relation(name: string): SchemaObject | undefined {
    return relationKinds.map((kind) => this.get(kind, name)).find((object) => object !== undefined);
  }

  /** The object of this kind and name, made if it isn't there yet. */
  object(kind: string, name: string, parent?: string): SchemaObject {
    const key = `${kind} ${name}`;
    const found = this.#objects.get(key);
    if (found !== undefined) return found;
    const made: SchemaObject = { kind, name, ...(parent !== undefined && { parent }), properties: new Map(), statements: [] };
    this.#objects.set(key, made);
    this.#sorted = undefined;
    return made;
  }

  delete(object: SchemaObject): void {
    this.#objects.delete(objectKey(object));
    this.#sorted = undefined;
  }

  /** Lets later statements find an object: by `relation public.t`, `type public.t`, `routine public.f(a integer)`, or any kind and name. */
  alias(space: string, name: string, object: SchemaObject, prefix = ''): void {
    this.#aliases.set(`${space} ${name}`, { object, prefix });
  }

  find(space: string, name: string): Target | undefined {
    return this.#aliases.get(`${space} ${name}`);
  }

  /** What a statement calls `space name`; an object of its own where nothing of that name is known, so that nothing is lost. */
  target(space: string, name: string): Target {
    return this.find(space, name) ?? { object: this.object(space === 'routine' ? 'function' : space, name), prefix: '' };
  }
}

export function objectKey(object: Pick<SchemaObject, 'kind' | 'name'>): string {
  return `${object.kind} ${object.name}`;
}

/** Sets a property. */
export function set(target: Target | SchemaObject, property: string, value: string): void {
  const { object, prefix } = 'object' in target ? target : { object: target, prefix: '' };
  object.properties.set(prefix + property, value);
}

/** Adds one line to a property that is a set: the order in which lines come makes no difference. */
export function add(target: Target | SchemaObject, property: string, line: string): void {
  const { object, prefix } = 'object' in target ? target : { object: target, prefix: '' };
  const lines = object.properties.get(prefix + property)?.split('\n') ?? [];
  object.properties.set(prefix + property, [...lines, line].sort(compareText).join('\n'));
}

/** Compares by code units: the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
