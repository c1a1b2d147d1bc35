import { createHash } from 'node:crypto';
import { buildApp } from 'fauxqs';

/** fauxqs without its HTTP: it keeps contents and headers, divides uploads into parts, and makes ETags. */
export class Contents {
  readonly #app = buildApp({ logger: false });

  /** Keys never reach it: it would normalise `..`, and its router has opinions. */
  static nameOf(key: string): string {
    return createHash('sha256').update(key).digest('hex');
  }

  async ask(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    bucket: string,
    key: string,
    given: { readonly query?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: Buffer | string } = {},
  ): Promise<{ readonly headers: Readonly<Record<string, string>>; readonly body: Buffer; readonly text: string }> {
    const path = key === '' ? `/${bucket}` : `/${bucket}/${Contents.nameOf(key)}`;
    const answer = await this.#app.inject({
      method,
      url: given.query === undefined ? path : `${path}?${given.query}`,
      headers: { host: '127.0.0.1', 'content-type': 'application/octet-stream', ...given.headers },
      ...(given.body === undefined ? {} : { payload: given.body }),
    });
    if (answer.statusCode >= 300) throw new ContentsError(answer.statusCode, answer.payload);
    const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
    return { headers, body: answer.rawPayload, text: answer.payload };
  }

  async close(): Promise<void> {
    await this.#app.close();
  }
}

/** What fauxqs refused, in its own words. */
export class ContentsError extends Error {
  readonly status: number;
  constructor(status: number, words: string) {
    super(words);
    this.status = status;
  }
}
