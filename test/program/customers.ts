import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { expect } from 'vitest';
import { shopFiles, shopProduction, shopSettings } from './shop.ts';
import type { Stage } from './stage.ts';

/** A shop with customers, in whose every value stands “canary”. */
const customers = 'create table public.customer (id int primary key, email text unique, phone text);\n';
export const script = `${shopProduction}
set role shop_migrator; ${customers} reset role;
insert into public.customer select n, 'canary' || n || '@shop.example', '+49 30 canary ' || n from generate_series(1, 100) n;`;
const head = `${shopFiles['migrations/0001_start.sql']}${customers}`;
export const files = {
  'migrations/0001_start.sql': head,
  'migrations/0002_note.sql':
    "alter table public.customer rename column email to mail;\nalter table public.customer rename constraint customer_email_key to customer_mail_key;\nalter table public.customer add constraint mail_looks_right check (mail like '%@%.%');\n",
  'schema/head.sql': head.replace('email text', 'mail text'),
};
export const columns = { 'public.customer.email': 'fake:email', 'public.customer.phone': 'hash' };

export function configuration(masking?: object, more: object = {}) {
  return JSON.stringify(shopSettings({ ...(masking === undefined ? {} : { masking }), ...more }));
}

/** Not in a dump, not in a run's record, not in what is left of the home. */
export function expectNoCanary({ folder, home }: Stage): void {
  const found = [folder, home]
    .flatMap((root) => readdirSync(root, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = readFileSync(path);
      return (path.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes).includes('canary');
    });
  expect(found).toEqual([]);
}
