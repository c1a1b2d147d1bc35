import { access, constants } from 'node:fs/promises';
import { onPath } from '../system/on-path.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'chrome'];
const places = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];

/** The path of a browser that playwright can drive: chromium or one made from it. */
export async function findBrowser(): Promise<string | undefined> {
  for (const name of names) {
    const found = await onPath(name);
    if (found !== undefined) return found;
  }
  for (const place of places) {
    const there = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return place;
  }
  return undefined;
}
