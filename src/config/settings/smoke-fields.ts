import { z } from 'zod';
import { name } from './fields.ts';

/** A regular expression, as text. */
export const pattern = z.string().min(1).refine(isRegularExpression, { error: 'must be a regular expression' });

export const patterns = z.array(pattern).default([]);

export const command = z.array(name).min(1);

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text, 'mu');
    return true;
  } catch {
    return false;
  }
}
