import type { CheckAbout } from '../check-about.ts';

export const objectReferences: CheckAbout = {
  check: 'object-references',
  phase: 'data-gate',
  question: 'Is every object that staging’s rows name in staging’s bucket?',
  effect: 'A row whose picture is missing looks like a fault of the release, on staging and in its tests.',
  cure: 'Sync objects together with tables, and look at prefix, include and exclude; where production lacks the object too, its row is wrong there.',
};
