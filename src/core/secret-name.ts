const secretName = /pass(word|phrase|wd)?$|pwd|secret|token|api_?key|private_?key|access_?key|credential|authorization|cookie|signature|salt|dsn$/i;

/** Shorter values, and plain words such as `true`, are in every text: taking them out would hide nothing but the record. */
const shortest = 6;

/**
 * Whether a variable, a header or a setting of this name holds something that nobody may read.
 *
 * @example looksSecret('STRIPE_API_KEY', 'sk_live_51H8') // true
 */
export function looksSecret(name: string, value: string): boolean {
  return value.length >= shortest && secretName.test(name) && !/^[a-z]+$|^[/.~]|^\$\{\w+\}$/.test(value);
}

/** The password of a URL, decoded; undefined where it has none. Whatever isn't a URL has none. */
export function passwordInUrl(text: string): string | undefined {
  // Of thousands of settings a few are URLs.
  if (!text.includes('://')) return undefined;
  const encoded = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s@]*?:([^/?#\s]*)@/i.exec(text.trim())?.[1];
  if (encoded === undefined || encoded === '') return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    // A stray percent sign: the password is what stands there.
    return encoded;
  }
}
