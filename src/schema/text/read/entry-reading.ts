import type { ObjectSet, SchemaObject } from '../../compare/schema-object.ts';
import type { DumpEntry } from '../cut-dump.ts';
import type { StatementReader } from '../statement-reader.ts';

/** What is known while the statements of one entry are read. */
export interface EntryReading {
  readonly entry: DumpEntry;
  readonly objects: ObjectSet;
  /** The object that the entry's first statement made. */
  current?: SchemaObject;
  /** Of SET SESSION AUTHORIZATION. */
  grantor?: string;
}

/** Reads a statement, of which the words that chose the handler are consumed; the objects that it speaks of, or undefined when it isn't of the known form. */
export type StatementHandler = (reader: StatementReader, reading: EntryReading) => readonly SchemaObject[] | undefined;
