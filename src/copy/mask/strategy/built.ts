/** An SQL expression, or why there is none. The reason completes "<column> can't be masked by <strategy>: …". */
export type Built = { readonly ok: true; readonly sql: string } | { readonly ok: false; readonly reason: string };

export function built(sql: string): Built {
  return { ok: true, sql };
}

export function unfit(reason: string): Built {
  return { ok: false, reason };
}
