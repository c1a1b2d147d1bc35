import type { RecordedRelation } from '../../core/recording.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { qualifiedName } from '../../sql/quote.ts';
import type { HeldRelation } from '../held-relations.ts';
import type { ListedRelation } from '../relation-list.ts';

/**
 * What is known of a relation while the log is read. An index that a type change makes anew under its old name is the same one to whoever reads
 * a recording: it keeps the oid that it was known by first.
 */
export interface BookedRelation {
  readonly oid: number;
  /** Its oid in the catalog by now. */
  currentOid: number;
  readonly firstName: string;
  name: string;
  readonly kind: string;
  readonly table: number | undefined;
  readonly existedBefore: boolean;
  /** The statement that made it, where it is a new one. */
  readonly madeBy: Maker | undefined;
  droppedBy: Maker | undefined;
  filenode: number;
  /** The size last seen. */
  bytes: number | undefined;
  readonly rowsBefore: number | undefined;
  readonly bytesBefore: number | undefined;
  /** The relation that had this name until this one was made. */
  readonly shadowed: BookedRelation | undefined;
  /** Oids that it got in transactions, and had before them. */
  readonly replaced: { readonly by: Maker; readonly oid: number }[];
}

/** A statement and its transaction, by their ids. */
export interface Maker {
  readonly id: number;
  readonly transaction: number;
}

const kinds: Readonly<Record<string, RecordedRelation['kind']>> = {
  r: 'table',
  p: 'partitioned table',
  i: 'index',
  I: 'partitioned index',
  m: 'materialized view',
  v: 'view',
  S: 'sequence',
  t: 'toast',
  f: 'foreign table',
};

/** Every relation that was there, or came to be: names, kinds, and the file that holds each one's rows. */
export class RelationBook {
  readonly #relations = new Map<number, BookedRelation>();
  /** By the name that each has now. */
  readonly #byName = new Map<string, BookedRelation>();
  readonly #used = new Set<number>();

  constructor(before: readonly ListedRelation[]) {
    for (const listed of before) this.#add({ ...listed, existedBefore: true, madeBy: undefined });
  }

  get(oid: number): BookedRelation | undefined {
    return this.#relations.get(oid);
  }

  named(name: string): BookedRelation | undefined {
    return this.#byName.get(name);
  }

  /** Marks a relation as one that the recording must tell of. */
  use(oid: number): void {
    const relation = this.#relations.get(oid);
    this.#used.add(relation?.oid ?? oid);
    if (relation?.table !== undefined) this.#used.add(relation.table);
  }

  /** Takes in a relation as a session or the catalog shows it. */
  learn(row: NonNullable<HeldRelation['row']> & { readonly oid: number }, madeBy: Maker): { readonly relation: BookedRelation; readonly isNew: boolean } {
    const name = qualifiedName(row.schema, row.name);
    const known = this.#relations.get(row.oid);
    if (known !== undefined) {
      known.currentOid = row.oid;
      if (known.name !== name) {
        if (this.#byName.get(known.name) === known) this.#byName.delete(known.name);
        known.name = name;
        this.#byName.set(name, known);
      }
      return { relation: known, isNew: false };
    }
    const before = this.#byName.get(name);
    if (before !== undefined && before.table !== undefined && before.table === row.table && before.kind === row.kind) {
      before.replaced.push({ by: madeBy, oid: before.currentOid });
      before.currentOid = row.oid;
      this.#relations.set(row.oid, before);
      return { relation: before, isNew: false };
    }
    return { relation: this.#add({ ...row, existedBefore: false, madeBy }), isNew: true };
  }

  /** A command dropped it by name: what gets the name next is another relation. */
  drop(oid: number, by: Maker): void {
    const relation = this.#relations.get(oid);
    if (relation === undefined) return;
    relation.droppedBy = by;
    if (this.#byName.get(relation.name) === relation) this.#byName.delete(relation.name);
  }

  /** A transaction was rolled back, or what it did since a statement: the names that its new relations had are those of older ones again. */
  forget(transaction: number, since = 0): void {
    const undone = (by: Maker | undefined) => by?.transaction === transaction && by.id >= since;
    for (const relation of [...this.#relations.values()].reverse()) {
      for (let last = relation.replaced.at(-1); last !== undefined && undone(last.by); last = relation.replaced.at(-1)) {
        relation.currentOid = last.oid;
        relation.replaced.pop();
      }
      const isUndone = undone(relation.madeBy);
      if (relation.droppedBy !== undefined && undone(relation.droppedBy)) {
        relation.droppedBy = undefined;
        if (!this.#byName.has(relation.name)) this.#byName.set(relation.name, relation);
      }
      if (!isUndone || this.#byName.get(relation.name) !== relation) continue;
      if (relation.shadowed === undefined) this.#byName.delete(relation.name);
      else this.#byName.set(relation.name, relation.shadowed);
    }
  }

  /** The relations that were marked. @param after the catalog at the end. */
  told(after: readonly ListedRelation[] | undefined): readonly RecordedRelation[] {
    const last = new Map(after?.map((listed) => [listed.oid, listed]));
    return [...this.#used]
      .sort((a, b) => a - b)
      .flatMap((oid) => {
        const relation = this.#relations.get(oid);
        if (relation === undefined) return [];
        const end = last.get(relation.currentOid);
        const nameAfter = end === undefined ? undefined : qualifiedName(end.schema, end.name);
        return [
          {
            oid,
            name: relation.firstName,
            kind: kinds[relation.kind] ?? 'other',
            existedBefore: relation.existedBefore,
            ...withoutUndefined({
              nameAfter: nameAfter === relation.firstName ? undefined : nameAfter,
              table: relation.table,
              rowsBefore: relation.rowsBefore,
              bytesBefore: relation.bytesBefore,
              bytesAfter: end?.bytes,
            }),
          },
        ];
      });
  }

  #add(listed: ListedRelation & { readonly existedBefore: boolean; readonly madeBy: Maker | undefined }): BookedRelation {
    const name = qualifiedName(listed.schema, listed.name);
    const relation: BookedRelation = {
      oid: listed.oid,
      currentOid: listed.oid,
      replaced: [],
      firstName: name,
      name,
      kind: listed.kind,
      table: listed.table,
      existedBefore: listed.existedBefore,
      madeBy: listed.madeBy,
      droppedBy: undefined,
      filenode: listed.filenode,
      bytes: listed.bytes,
      rowsBefore: listed.existedBefore ? listed.rows : undefined,
      bytesBefore: listed.existedBefore ? listed.bytes : undefined,
      shadowed: this.#byName.get(name),
    };
    this.#relations.set(listed.oid, relation);
    this.#byName.set(name, relation);
    return relation;
  }
}
