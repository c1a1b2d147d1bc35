import { Markup } from './markup.ts';

const drawing = (path: string) =>
  Markup.trusted(
    `<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="12" fill="currentColor"/><path d="${path}" fill="none" stroke="var(--accent-wash)" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>`,
  );

/** Told apart by shape too, for those who don't see the colours. */
export const verdictSigns = {
  PASS: drawing('M7 12.5l3.4 3.4L17 9'),
  BLOCKER: drawing('M8.2 8.2l7.6 7.6M15.8 8.2l-7.6 7.6'),
  INCONCLUSIVE: drawing('M9.2 9.6a2.9 2.9 0 1 1 4.2 2.6c-.9.5-1.4 1-1.4 2M12 17.2v.1'),
  UNFINISHED: drawing('M7 12h.1M12 12h.1M17 12h.1'),
} as const;
