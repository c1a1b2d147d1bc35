import { ok, type Result } from '../core/result.ts';
import { makeContext } from './make-context.ts';
import { openProgress } from './run-output.ts';
import type { Terminal } from './terminal.ts';

interface SelfTestCall {
  readonly args: readonly string[];
  readonly options: {
    readonly host: string | undefined;
    readonly port: number | undefined;
    readonly user: string | undefined;
    readonly json: boolean;
    readonly format: string;
  };
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** `diff --self-test`: the exit code says whether all was told right. */
export async function runSelfTest({ args, options, terminal, signal }: SelfTestCall): Promise<Result<number>> {
  const { testComparison } = await import('../rehearsal/comparing/self-test.ts');
  const asJson = options.json || options.format === 'json';
  using output = openProgress(terminal, asJson, 'schema-gate');
  const context = await makeContext({ emit: output.emit, signal });
  if (!context.ok) return context;
  const { host, port, user } = options;
  const tested = await testComparison(context.value, { server: args[0], host, port, user });
  output.close();
  if (!tested.ok) return tested;
  if (asJson) terminal.printJson({ exitCode: tested.value.exitCode, ...tested.value.score });
  else terminal.print(tested.value.text.trimEnd());
  return ok(tested.value.exitCode);
}
