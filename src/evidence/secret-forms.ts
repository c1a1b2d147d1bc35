/**
 * The spellings in which a secret may turn up in a text: as it is, in a URL, inside JSON (also inside JSON inside JSON), in HTML,
 * as an SQL literal, in a connection string or .pgpass file, and in base64 as HTTP's basic authentication and logs have it.
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
    // base64 shifts its alphabet with what stands before, so that only a secret encoded alone can be recognised.
    ...(secret.length >= 6 ? [Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('base64url')] : []),
  ];
  // The longest first: a form that contains another must go whole.
  return [...new Set(forms)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
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
