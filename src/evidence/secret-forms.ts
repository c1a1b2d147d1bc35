/**
 * The spellings in which a secret may turn up in a text: as it is, in a URL, inside JSON (also inside JSON inside JSON), in HTML,
 * as an SQL literal, in a connection string or .pgpass file, in hexadecimal, and in base64 as HTTP's basic authentication and logs have it.
 */
export function secretForms(secret: string): readonly string[] {
  const json = inJson(secret);
  const forms = [
    secret,
    ...inUrl(secret),
    json,
    inJson(json),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    secret.replaceAll("'", "''"),
    secret.replaceAll('\\', '\\\\').replaceAll("'", "''"),
    secret.replaceAll('\\', '\\\\').replaceAll("'", "\\'"),
    secret.replaceAll('\\', '\\\\').replaceAll(':', '\\:'),
    ...(secret.length >= 6 ? [...inBase64(secret), ...inHex(secret)] : []),
  ];
  // The longest first: a form that contains another must go whole.
  return [...new Set(forms)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

/** As `encode(…, 'hex')` and bytea have it. */
function inHex(text: string): readonly string[] {
  const hex = Buffer.from(text, 'utf8').toString('hex');
  return [hex, hex.toUpperCase()];
}

/**
 * Encoded alone, and as a part of something longer, such as `user:password` of HTTP's basic authentication. base64 shifts with what stands before by one of three
 * steps; the signs at both edges hang on the neighbours too, and are left.
 */
function inBase64(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8');
  const inside = [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const sure = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    // A shorter piece could stand in any text.
    return sure.length < 10 ? [] : [sure];
  });
  const forms = [bytes.toString('base64'), ...inside];
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]).concat(bytes.toString('base64url'));
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** With the signs that encodeURIComponent leaves alone encoded or not, a blank as %20 or +, and hex digits in either case. */
function inUrl(text: string): readonly string[] {
  const encoded = encodeURIComponent(text.toWellFormed());
  const strict = encoded.replace(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return [encoded, strict]
    .flatMap((one) => [one, one.replaceAll('%20', '+')])
    .flatMap((one) => [one, one.replace(/%[0-9A-F]{2}/g, (triplet) => triplet.toLowerCase())]);
}
