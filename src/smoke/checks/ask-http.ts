import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SmokeCheck } from '../../config/schema.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { Secret } from '../../core/secret.ts';
import type { NoAnswer, WebAnswer } from '../../core/web.ts';
import { type HttpAsking, wholeUrl } from '../scene.ts';

type HttpCheck = Extract<SmokeCheck, { kind: 'http' }>;
export type HttpRequest = Omit<HttpCheck, 'kind' | 'name' | 'on' | 'required' | 'expect'>;

/** Sends one request. Fails where it can't even be put together: a variable or a file that isn't there. */
export async function askHttp(
  context: Context,
  asking: HttpAsking,
  request: HttpRequest,
): Promise<Result<{ readonly answer: WebAnswer } | { readonly none: NoAnswer }>> {
  const secretHeaders: Record<string, Secret> = {};
  for (const [header, variable] of Object.entries(request.headersFromEnvironment)) {
    const value = context.edge.system.environment(variable);
    if (value === undefined) return fail(failure('check-failed', `the environment variable ${variable} is not set`, { cure: `Set ${variable}.` }));
    const secret = new Secret(value);
    asking.hide(secret);
    secretHeaders[header] = secret;
  }
  let body: string | Uint8Array<ArrayBuffer> | undefined = request.body;
  if (request.bodyFile !== undefined) {
    const file = await readFile(join(asking.folder, request.bodyFile)).catch(() => undefined);
    if (file === undefined) return fail(failure('check-failed', `${request.bodyFile} can’t be read`, { cure: 'Check bodyFile.' }));
    body = file;
  }
  const asked = await context.edge.web.request({
    ...{ method: request.method, url: wholeUrl(asking, request.url), headers: request.headers, secretHeaders },
    ...(body === undefined ? {} : { body }),
    ...{ timeoutMs: request.timeoutSeconds * 1000, signal: context.signal },
  });
  return ok(asked.ok ? { answer: asked.answer } : { none: asked.none });
}

/** A clause for a request that nobody answered. */
export function showSilence({ method, url, timeoutSeconds }: Pick<HttpRequest, 'method' | 'url' | 'timeoutSeconds'>, none: NoAnswer): string {
  if (none.reason === 'timeout') return `${method} ${url} was not answered within ${timeoutSeconds} s (timeoutSeconds)`;
  return `${method} ${url} was not answered: ${none.message}`;
}

/** The application under test owes an answer. That somebody else is silent may be the network's doing, and shows nothing. */
export function silenceOf(asking: HttpAsking, url: string, none: NoAnswer): 'broken' | 'unknown' {
  const isOurs = asking.origin !== undefined && wholeUrl(asking, url).startsWith(asking.origin);
  return isOurs && none.reason !== 'interrupted' ? 'broken' : 'unknown';
}
