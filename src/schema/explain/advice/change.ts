import type { SchemaDifference } from '../../../core/schema-difference.ts';
import type { ObjectSet, SchemaObject } from '../../compare/schema-object.ts';
import type { Stage } from './stages.ts';

/** A difference as a task: what one side has, and what it should have. */
export interface Change {
  readonly kind: string;
  readonly name: string;
  /** Undefined where the whole object is missing or in excess. */
  readonly property: string | undefined;
  readonly how: 'missing' | 'extra' | 'changed';
  readonly have: string | undefined;
  readonly want: string | undefined;
  readonly haveObject: SchemaObject | undefined;
  readonly wantObject: SchemaObject | undefined;
  readonly has: ObjectSet;
  readonly wants: ObjectSet;
  /** Of the server that would be changed. */
  readonly major: number;
}

/** One statement, and when it may run. */
export interface Step {
  readonly stage: Stage;
  /** Without a semicolon. */
  readonly sql: string;
  /** What it throws away: `the rows of table public.t`. */
  readonly loses?: string;
}

export interface Advised {
  readonly steps: readonly Step[];
  readonly notes: readonly string[];
}

export function advised(...steps: readonly Step[]): Advised {
  return { steps, notes: [] };
}

export function withNote(advice: Advised, note: string): Advised {
  return { ...advice, notes: [...advice.notes, note] };
}

/** No statement is known, and why. */
export function unknown(note: string): Advised {
  return { steps: [], notes: [note] };
}

export function makeChange(difference: SchemaDifference, side: 'left' | 'right', objects: { left: ObjectSet; right: ObjectSet }, major: number): Change {
  const { object, property, how } = difference;
  const other = side === 'left' ? 'right' : 'left';
  // Something that was only renamed has one name on each side.
  const [haveName, wantName] = property === 'name' ? [difference[side] ?? object.name, difference[other] ?? object.name] : [object.name, object.name];
  return {
    kind: object.kind,
    name: object.name,
    property,
    how: how === 'changed' ? 'changed' : how === `only-${side}` ? 'extra' : 'missing',
    have: difference[side],
    want: difference[other],
    haveObject: objects[side].get(object.kind, haveName),
    wantObject: objects[other].get(object.kind, wantName),
    has: objects[side],
    wants: objects[other],
    major,
  };
}
