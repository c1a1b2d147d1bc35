/**
 * The order of listings: by the bytes of UTF-8, which is by code points. That of `<` is by UTF-16's units, where an emoji stands before ﬁ.
 *
 * @example compareKeys('a', 'b') // negative
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    if (a.charCodeAt(at) === b.charCodeAt(at)) continue;
    // Equal up to here, so a half of a pair stands on both sides or begins here.
    return isLowHalf(a.charCodeAt(at)) && isLowHalf(b.charCodeAt(at)) ? a.charCodeAt(at) - b.charCodeAt(at) : rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
  }
  return a.length - b.length;
}

const isLowHalf = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
/** Halves of pairs stand for code points above all others. */
const rank = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
