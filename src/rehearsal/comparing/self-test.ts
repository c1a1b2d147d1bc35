import { ensureBuild } from '../../cluster/choose-build.ts';
import { startServer } from '../../cluster/start-server.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { knownMajors } from '../../schema/coverage/catalog.ts';
import { selfTest } from '../../schema/self-test/self-test.ts';
import { isPerfect, renderSelfTest, type SelfTestScore } from '../../schema/self-test/self-test-score.ts';
import { scratchServer, sideOf } from './diff-databases.ts';

export interface SelfTestRequest {
  /** A database on the server: a URL, a kept clone or a name. Only the way in: nothing is changed in it. Unless given, a server of ours is started. */
  readonly server?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
}

export interface SelfTest {
  readonly score: SelfTestScore;
  /** 0 all told right, 1 something missed or wrong. */
  readonly exitCode: 0 | 1;
  /** For a terminal. */
  readonly text: string;
}

/** Tries the comparison of schemas on a server, by hundreds of pairs of databases whose only difference is known. */
export async function testComparison(context: Context, request: SelfTestRequest): Promise<Result<SelfTest>> {
  await using stack = new AsyncDisposableStack();
  const server = await serverOf(context, stack, request);
  if (!server.ok) return server;
  let scratch: Promise<Result<Address>> | undefined;
  const tested = await selfTest(context, server.value, {
    scratch: () => {
      scratch ??= scratchServer(context, stack, [server.value]);
      return scratch;
    },
  });
  if (!tested.ok) return tested;
  const score = tested.value;
  return ok({ score, exitCode: isPerfect(score) ? 0 : 1, text: renderSelfTest(score) });
}

async function serverOf(context: Context, stack: AsyncDisposableStack, request: SelfTestRequest): Promise<Result<Address>> {
  const { server, host, port, user } = request;
  if (server !== undefined || host !== undefined || port !== undefined || user !== undefined) {
    const side = await sideOf(context, request, server ?? 'postgres');
    return side.ok ? ok(side.value.address) : side;
  }
  const build = await ensureBuild(context, { major: knownMajors.at(-1) ?? 0, extensions: [], languages: [], features: [] });
  if (!build.ok) return build;
  const locale = { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' } as const;
  const started = await startServer(context, { build: build.value, label: 'self-test of diff', locale });
  return started.ok ? ok(stack.use(started.value).server.admin) : started;
}
