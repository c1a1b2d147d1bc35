import { rename, writeFile } from 'node:fs/promises';

/** Writes a file that other runs look for: they see the old one, none, or the whole new one. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
