/** Postgres cuts an application_name after this many bytes. */
const longest = 63;

/**
 * What a session of traffic calls itself on the server.
 *
 * @example applicationName('reader of public.invoice') // 'pgrehearse reader of public.invoice'
 */
export function applicationName(name: string): string {
  let text = `pgrehearse ${name}`;
  // Whole characters go, so that none is cut in half.
  while (Buffer.byteLength(text) > longest) text = [...text].slice(0, -1).join('');
  return text;
}
