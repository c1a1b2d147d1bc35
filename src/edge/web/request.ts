import type { NoAnswer, WebAnswer, WebPort, WebRequest } from '../../core/web.ts';

const keptBytes = 16 * 1024 * 1024;

/** One HTTP request. What a server says is an answer, whatever its status; only silence isn't. */
export async function request(wanted: WebRequest): ReturnType<WebPort['request']> {
  const late = AbortSignal.timeout(wanted.timeoutMs);
  const signal = wanted.signal === undefined ? late : AbortSignal.any([late, wanted.signal]);
  const secrets = Object.entries(wanted.secretHeaders ?? {}).map(([name, value]) => [name, value.reveal()] as const);
  try {
    const response = await fetch(wanted.url, {
      method: wanted.method,
      // A connection that is kept would outlive the application, and hide that it was started again.
      headers: { connection: 'close', ...wanted.headers, ...Object.fromEntries(secrets) },
      redirect: 'manual',
      signal,
      ...(wanted.body === undefined ? {} : { body: wanted.body }),
    });
    const answer: WebAnswer = { status: response.status, headers: Object.fromEntries(response.headers), ...(await beginningOf(response)) };
    return { ok: true, answer };
  } catch (error) {
    return { ok: false, none: { reason: reasonOf(wanted, late), message: messageOf(error) } };
  }
}

async function beginningOf(response: Response): Promise<Pick<WebAnswer, 'body' | 'cut'>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > keptBytes) break;
  }
  const body = Buffer.concat(chunks).subarray(0, keptBytes).toString('utf8');
  return bytes > keptBytes ? { body, cut: true } : { body };
}

function reasonOf({ signal }: WebRequest, late: AbortSignal): NoAnswer['reason'] {
  if (signal?.aborted === true) return 'interrupted';
  return late.aborted ? 'timeout' : 'refused';
}

/** fetch says "fetch failed" and keeps what happened in the cause; an attempt by both IPv4 and IPv6 has several. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError) return cause.errors.map((one) => (one instanceof Error ? one.message : String(one))).join('; ');
  return cause instanceof Error ? cause.message : error.message;
}
