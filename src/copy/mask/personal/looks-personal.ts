import type { MaskableColumn } from '../read-columns.ts';
import { commentWords, type PersonalWords, peopleTables, personalWords, stems } from './words.ts';

/** Why a column looks personal, and what sort of data it then is. */
export interface Suspicion {
  /** A clause without a full stop: `its name says an e-mail address`. */
  readonly why: string;
  readonly sort?: PersonalWords;
}

const phrases: readonly { readonly sort: PersonalWords; readonly phrase: string }[] = personalWords
  .flatMap((sort) => sort.words.split(', ').map((phrase) => ({ sort, phrase })))
  // The longest says most: `card number` before `number`, `password reset token` is a secret whichever way.
  .sort((left, right) => right.phrase.length - left.phrase.length);

/** Verbs and states that a personal word may be part of, in columns of dates and flags: `email_sent_at`. */
const aboutIt =
  /(^| )(count|counter|total|enabled|verified|confirmed|allowed|required|at|sent|changed|expires|expiry|type|kind|status|state|version|format|provider|category|priority|template)$/;

/**
 * Whether a column looks as if it held personal data, by its name, comment and type; undefined when not. Values are not looked at. What is
 * generated from other columns, numbered by the database, or true or false is never suspect.
 */
export function looksPersonal(column: MaskableColumn): Suspicion | undefined {
  const { kind } = column;
  if (column.generated || column.identity || kind.kind === 'boolean') return undefined;
  if (column.comment !== null && commentWords.test(column.comment)) return { why: 'its comment says so' };
  if (kind.kind === 'mac' || (kind.kind === 'inet' && kind.name === 'inet'))
    return { why: `its type is ${kind.name}`, ...sortFor(kind.kind === 'inet' ? 'ip' : 'mac') };
  if (kind.kind === 'other' && kind.name === 'tsvector') return { why: 'its type is tsvector, which holds the words of other columns' };
  const words = wordsOf(column.column);
  const name = words.join(' ');
  if (aboutIt.test(name)) return undefined;
  const named = sortOf(column, name);
  if (named !== undefined) return { why: `its name says ${named.what}`, sort: named };
  const ofType = isOwnType(column) ? sortOf(column, wordsOf(column.type.replace(/^.*\./, '')).join(' ')) : undefined;
  if (ofType !== undefined) return { why: `its type’s name says ${ofType.what}`, sort: ofType };
  const stem = stems.exec(words.join(''))?.[0];
  const isText = kind.kind === 'text' || kind.kind === 'json' || kind.kind === 'array' || kind.kind === 'bytea';
  return stem !== undefined && isText ? { why: `its name holds “${stem}”` } : undefined;
}

function sortOf(column: MaskableColumn, name: string): PersonalWords | undefined {
  const ofPeople = wordsOf(column.table).some((word) => peopleTables.has(word));
  return phrases.find(({ sort, phrase }) => ` ${name} `.includes(` ${phrase} `) && (!sort.onlyOfPeople || ofPeople) && canHold(sort, column, name, phrase))
    ?.sort;
}

/** The catalogs were read with an empty search_path: only Postgres's own types stand without a schema. */
function isOwnType({ type }: MaskableColumn): boolean {
  return type.includes('.');
}

/** A column of this type can be that: an integer `address_id` is no address, a timestamp `password_changed` no secret. */
function canHold(sort: PersonalWords, column: MaskableColumn, name: string, phrase: string): boolean {
  const { kind, primaryKey, references } = column;
  switch (kind.kind) {
    case 'integer':
    case 'numeric':
      return (
        (sort.alsoNumbers === true || sort.anyType === true) && references.length === 0 && !primaryKey && (!name.endsWith(' id') || phrase.endsWith(' id'))
      );
    case 'time':
      return sort.alsoTimes === true;
    case 'enum':
      return sort.anyType === true;
    case 'uuid':
      return sort.what === 'a secret' || sort.what === 'a device';
    case 'boolean':
      return false;
    case 'other':
      // A composite type holds whatever its parts do.
      return sort.anyType === true || kind.name === 'xml' || isOwnType(column);
    default:
      return true;
  }
}

function sortFor(fake: PersonalWords['fake']): Pick<Suspicion, 'sort'> {
  const sort = personalWords.find((one) => one.fake === fake);
  return sort === undefined ? {} : { sort };
}

/**
 * The words of a name, in small letters without accents; digits left out.
 *
 * @example wordsOf('billingAddress2') // ['billing', 'address']
 */
export function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');
}
