import type { S3Client } from '@aws-sdk/client-s3';

/**
 * Reads the service's clock from each of its answers, and goes on from there by a clock of this machine that nobody sets.
 *
 * @returns milliseconds since 1970, undefined before the first answer
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-date the header, in whole seconds
 */
export function watchClock(client: S3Client): () => number | undefined {
  let latest: { readonly toldMs: number; readonly atMs: number } | undefined;
  client.middlewareStack.add(
    (next) => async (given) => {
      const answer = await next(given);
      const { headers } = answer.response as { readonly headers?: Readonly<Record<string, string>> };
      const toldMs = Date.parse(headers?.date ?? '');
      if (!Number.isNaN(toldMs)) latest = { toldMs, atMs: performance.now() };
      return answer;
    },
    // Next to the network: refusals are answers too.
    { step: 'deserialize', priority: 'low', name: 'watchClock' },
  );
  return () => (latest === undefined ? undefined : latest.toldMs + performance.now() - latest.atMs);
}
