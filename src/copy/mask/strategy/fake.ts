import type { FakeKind } from '../../../core/masking.ts';
import { quoteLiteral } from '../../../sql/quote.ts';
import type { MaskableColumn } from '../read-columns.ts';
import { type Built, built, unfit } from './built.ts';
import type { Dictionaries } from './dictionaries.ts';
import { type DigestEncoding, hexDigits, numberBelow, overDigest } from './digest.ts';

/** What all columns of one kind of fake have in common, so that the same value gets the same fake in each of them. */
export interface FakeForm {
  /** One of them must stay unique. */
  readonly unique: boolean;
  /** Characters that the shortest of them holds. */
  readonly maxLength: number;
}

/** A recipe for text: an expression over the digest `i.h`, and how long it can get. */
interface Recipe {
  readonly sql: string;
  readonly longest: number;
}

const uniqueDigits = 12;
/** Fewer words than this would say too much of how often a value occurs, and look like no data at all. */
const fewestWords = 16;
/** Area codes of North America; with 555-01xx they give numbers that are set aside for fiction and ring nowhere. */
const areaCodes = ['202', '206', '212', '213', '303', '305', '312', '404', '415', '503', '512', '602', '617', '702', '713', '808'];
const bornFrom = 1940;
const bornDays = 24_000;

/**
 * Something made up that looks like what it replaces, chosen by a salted hash: equal values get the same fake in every column of the kind.
 * Addresses are in example.com, phone numbers in the range for fiction, IBANs and cards have right check digits.
 */
export function fakeMask(column: MaskableColumn, fake: FakeKind, form: FakeForm, words: Dictionaries, encoding: DigestEncoding): Built {
  const { kind } = column;
  const over = (sql: string) => built(overDigest(column, encoding, sql));
  if (kind.kind === 'text') {
    const recipe = textRecipe(fake, form, words);
    if (typeof recipe === 'string') return unfit(recipe);
    if (recipe.longest > form.maxLength) {
      return unfit(`fake:${fake} is up to ${recipe.longest} characters long, and the shortest column that it is used for holds ${form.maxLength}`);
    }
    return over(recipe.sql);
  }
  if (fake === 'ip' && kind.kind === 'inet') return over(`(${ip(form.unique)})::pg_catalog.${kind.name}`);
  if (fake === 'mac' && kind.kind === 'mac') return over(`(${mac})::pg_catalog.macaddr`);
  if (fake === 'date' && kind.kind === 'time') {
    if (form.unique) return unfit('there are too few dates for a column that must stay unique');
    return over(kind.name === 'date' ? date : `${date}::pg_catalog.timestamp${kind.name === 'timestamptz' ? " at time zone 'UTC'" : ''}`);
  }
  if (fake === 'phone' && kind.kind === 'integer' && kind.bits === 63) {
    return form.unique ? unfit('a fake number is not unique; use hash') : over(`(${phoneDigits})::pg_catalog.int8`);
  }
  return unfit(`${column.type} holds no ${fake}`);
}

function textRecipe(fake: FakeKind, form: FakeForm, words: Dictionaries): Recipe | string {
  const { unique, maxLength } = form;
  /** A suffix keeps apart what the dictionary throws together. */
  const suffixed = (separator: string, make: (longest: number) => Recipe | string): Recipe | string => {
    if (!unique) return make(maxLength);
    const made = make(maxLength - uniqueDigits - separator.length);
    if (typeof made === 'string') return made;
    return { sql: `${made.sql} || '${separator}' || ${hexDigits(41, uniqueDigits)}`, longest: made.longest + separator.length + uniqueDigits };
  };
  const byWord = (list: readonly string[], byte: number) => suffixed(' ', (longest) => pick(list, byte, longest));
  switch (fake) {
    case 'first-name':
      return byWord(words.firstNames, 0);
    case 'last-name':
      return byWord(words.lastNames, 2);
    case 'city':
      return byWord(words.cities, 4);
    case 'company':
      return byWord(words.companies, 6);
    case 'user-agent':
      return byWord(words.userAgents, 8);
    case 'name':
      return suffixed(' ', (longest) => joined(' ', words, longest));
    case 'street':
      return suffixed(' ', (longest) => {
        const street = pick(words.streets, 10, longest - 4);
        return typeof street === 'string'
          ? street
          : { sql: `(1 + ${numberBelow(199n, 30)})::pg_catalog.text || ' ' || ${street.sql}`, longest: street.longest + 4 };
      });
    case 'username':
      return shortened(pick(lower(words.firstNames), 0, maxLength - uniqueDigits - 1), '_', '');
    case 'email':
      return shortened(
        joined('.', { firstNames: lower(words.firstNames), lastNames: lower(words.lastNames) }, maxLength - uniqueDigits - 13),
        '-',
        '@example.com',
      );
    case 'phone':
      return unique
        ? { sql: `'+1' || ${phoneDigits} || 'x' || ${padded(numberBelow(10n ** 12n, 20), 12)}`, longest: 25 }
        : { sql: `'+1' || ${phoneDigits}`, longest: 12 };
    case 'postcode':
      return unique ? 'there are too few postcodes for a column that must stay unique' : { sql: padded(numberBelow(100_000n, 5), 5), longest: 5 };
    case 'date':
      return unique ? 'there are too few dates for a column that must stay unique' : { sql: `pg_catalog.to_char(${date}, 'YYYY-MM-DD')`, longest: 10 };
    case 'ip':
      return { sql: ip(unique), longest: unique ? 39 : 15 };
    case 'mac':
      return { sql: mac, longest: 17 };
    case 'iban':
      return { sql: iban, longest: 22 };
    case 'card':
      return unique ? 'there are too few card numbers for a column that must stay unique' : { sql: card, longest: 16 };
  }
}

/** One word of a list, of those that fit. */
function pick(list: readonly string[], byte: number, longest: number): Recipe | string {
  const fitting = list.filter((word) => word.length <= longest);
  if (fitting.length < fewestWords) return 'the shortest column that it is used for is too short';
  const array = quoteLiteral(`{${fitting.map((word) => `"${word.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`);
  const place = `1 + (pg_catalog.get_byte(i.h, ${byte}) * 256 + pg_catalog.get_byte(i.h, ${byte + 1})) % ${fitting.length}`;
  return { sql: `(${array}::pg_catalog.text[])[${place}]`, longest: Math.max(...fitting.map((word) => word.length)) };
}

/** First and last name. */
function joined(separator: string, { firstNames, lastNames }: Pick<Dictionaries, 'firstNames' | 'lastNames'>, longest: number): Recipe | string {
  const first = pick(firstNames, 0, Math.floor((longest - separator.length) / 2));
  const last = pick(lastNames, 2, Math.ceil((longest - separator.length) / 2));
  if (typeof first === 'string' || typeof last === 'string') return 'the shortest column that it is used for is too short';
  return { sql: `${first.sql} || '${separator}' || ${last.sql}`, longest: first.longest + separator.length + last.longest };
}

/** Always unique; where there is no room for a name, the hash stands alone. */
function shortened(name: Recipe | string, separator: string, end: string): Recipe {
  const hash = hexDigits(41, uniqueDigits);
  const tail = end === '' ? '' : ` || '${end}'`;
  if (typeof name === 'string') return { sql: `'u' || ${hash}${tail}`, longest: 1 + uniqueDigits + end.length };
  return { sql: `${name.sql} || '${separator}' || ${hash}${tail}`, longest: name.longest + separator.length + uniqueDigits + end.length };
}

function lower(words: readonly string[]): readonly string[] {
  return words.map((word) => word.toLowerCase().replaceAll(/[^a-z]/g, '')).filter((word) => word !== '');
}

function padded(number: string, digits: number): string {
  return `pg_catalog.lpad(${number}::pg_catalog.text, ${digits}, '0')`;
}

const phoneDigits = `(${quoteLiteral(`{${areaCodes.join(',')}}`)}::pg_catalog.text[])[1 + pg_catalog.get_byte(i.h, 12) % ${areaCodes.length}] || '55501' || ${padded(numberBelow(100n, 7), 2)}`;

const date = `('${bornFrom}-01-01'::pg_catalog.date + ${numberBelow(BigInt(bornDays), 3)}::pg_catalog.int4)`;

/** Private addresses, or, where each must be its own, the range that is set aside for documentation: 96 bits of it. */
function ip(unique: boolean): string {
  const byte = (index: number) => `pg_catalog.get_byte(i.h, ${index})::pg_catalog.text`;
  if (!unique) return `'10.' || ${byte(14)} || '.' || ${byte(15)} || '.' || ${byte(16)}`;
  return `'2001:db8:' || ${[1, 5, 9, 13, 17, 21].map((from) => hexDigits(from, 4)).join(" || ':' || ")}`;
}

/** 02: administered locally, made by nobody. */
const mac = `'02:' || ${[1, 3, 5, 7, 9].map((from) => hexDigits(from, 2)).join(" || ':' || ")}`;

/** The check digits of ISO 13616: 98 less the remainder by 97 of the number with DE (13, 14) and 00 behind it. */
const iban = (() => {
  const account = padded(numberBelow(10n ** 18n), 18);
  return `'DE' || pg_catalog.lpad((98 - (${account} || '131400')::pg_catalog.numeric % 97)::pg_catalog.text, 2, '0') || ${account}`;
})();

/** A card of test numbers' range 400000, its last digit by Luhn's rule: from the right, every second digit is doubled, nines cast out. */
const card = (() => {
  const digit = (at: number) => `pg_catalog.substr(k.n, ${at}, 1)::pg_catalog.int4`;
  const sum = Array.from({ length: 15 }, (_, index) => (index % 2 === 0 ? `${digit(index + 1)} * 2 / 10 + ${digit(index + 1)} * 2 % 10` : digit(index + 1)));
  return `(select k.n || ((10 - (${sum.join(' + ')}) % 10) % 10)::pg_catalog.text from (select '400000' || ${padded(numberBelow(10n ** 9n), 9)} as n offset 0) as k)`;
})();
