import type { WebPort } from '../../core/web.ts';
import { accepts } from './accepts.ts';
import { request } from './request.ts';
import { visit } from './visit.ts';

/** HTTP by Node's own fetch; a browser by playwright-core, which is loaded when a page is visited and not before. */
export function makeWeb(): WebPort {
  return { request, accepts, visit };
}
