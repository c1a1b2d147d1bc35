import type { z } from 'zod';
import { keysAreRight } from './fields.ts';
import type { application, before, smoke } from './smoke.ts';

interface Compatibility {
  readonly smoke: readonly z.output<typeof smoke>[];
  readonly application?: z.output<typeof application> | undefined;
  readonly before?: z.output<typeof before> | undefined;
}

/** The application's own gate has this name. */
const reserved = 'application';

/** What no key can say by itself: names are told apart, and paths have an application that they are paths of. */
export function checkSmoke({ smoke, application, before }: Compatibility, context: z.core.$RefinementCtx): void {
  if (!keysAreRight(context as unknown as z.core.ParsePayload)) return;
  const problem = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  const seen = new Set<string>();
  for (const [index, check] of smoke.entries()) {
    if (check.name === reserved) problem(['smoke', index, 'name'], `must not be ${reserved}: the application itself is called so`);
    else if (seen.has(check.name)) problem(['smoke', index, 'name'], 'has the name of an earlier one');
    seen.add(check.name);
    if (application !== undefined) continue;
    for (const { path, url } of urlsOf(check)) {
      if (url.startsWith('/')) problem(['smoke', index, ...path], 'is a path, and compatibility.application, which it would be a path of, is missing');
    }
  }
  const hasNothing = application === undefined && smoke.every(({ kind }) => kind === 'manual');
  if (before !== undefined && hasNothing) problem(['before'], 'has nothing to try: compatibility.smoke and compatibility.application are missing');
  if (before !== undefined && 'start' in before && before.start !== undefined && application === undefined)
    problem(['before', 'start'], 'starts nothing without compatibility.application');
}

function urlsOf(check: z.output<typeof smoke>): readonly { readonly path: string[]; readonly url: string }[] {
  if (check.kind === 'http' || check.kind === 'page') return [{ path: ['url'], url: check.url }];
  if (check.kind !== 'poll') return [];
  const { trigger, ask } = check;
  return [
    ...(trigger !== undefined && 'http' in trigger ? [{ path: ['trigger', 'http', 'url'], url: trigger.http.url }] : []),
    ...('http' in ask ? [{ path: ['ask', 'http', 'url'], url: ask.http.url }] : []),
  ];
}
