import type { z } from 'zod';
import { keysAreRight } from './fields.ts';

/** Wherever a configuration may say as whom the application works. */
interface Roles {
  readonly clone: { readonly user?: string | undefined };
  readonly traffic: { readonly role?: string | undefined };
  readonly compatibility: { readonly role?: string | undefined };
}

/** The role that the application logs in as: the first that says it, from the most to the least particular. Undefined where nobody does. */
export function applicationRole({ compatibility, traffic, clone }: Roles): string | undefined {
  return compatibility.role ?? traffic.role ?? clone.user;
}

interface Checked extends Roles {
  readonly data: { readonly requiredTables: readonly { readonly role?: string | undefined }[] };
}

/** A table can't be tried as a role that nobody has named. */
export function checkRequiredTables(settings: Checked, context: z.core.$RefinementCtx): void {
  if (!keysAreRight(context as unknown as z.core.ParsePayload) || applicationRole(settings) !== undefined) return;
  for (const [index, { role }] of settings.data.requiredTables.entries()) {
    if (role !== undefined) continue;
    context.addIssue({
      code: 'custom',
      path: ['data', 'requiredTables', index, 'role'],
      message: 'is missing, and neither compatibility.role nor traffic.role nor clone.user names the role that the application uses',
    });
  }
}
