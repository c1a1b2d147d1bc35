import { readFileSync } from 'node:fs';

/** The version of this package; the same file is two folders up from src/cli and from dist/cli. */
export const toolVersion: string = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
