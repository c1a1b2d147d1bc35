import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Node has it; TypeScript knows of it only together with everything that a browser has. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

let compiled: Promise<object | undefined> | undefined;

/**
 * Compiles the WebAssembly pg_dump, once for this process. Each dump runs in a thread of its own, and V8 shares what it has compiled of a program among all
 * threads that run the same bytes, for as long as somebody holds it: two thirds of a small dump's processor time.
 */
export async function holdCompiledProgram(): Promise<void> {
  const file = join(dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite-tools/pg_dump')), 'pg_dump.wasm');
  // Without it, a dump only takes longer; and if there is no such file, it says so itself.
  compiled ??= readFile(file).then(
    (bytes) => WebAssembly.compile(bytes),
    () => undefined,
  );
  await compiled;
}
