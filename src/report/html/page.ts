import { createHash } from 'node:crypto';
import { html, Markup } from './markup.ts';
import { script } from './script.ts';
import { styleSheet } from './style.ts';

export interface Page {
  readonly title: string;
  /** Chooses the page's accent. */
  readonly mood: 'PASS' | 'BLOCKER' | 'INCONCLUSIVE' | 'UNFINISHED';
  readonly header: Markup;
  readonly main: Markup;
  readonly footer: string;
}

/**
 * A page as one file that loads nothing: no network, no fonts, no libraries. Its policy allows just the style sheet and the script that it carries, by their
 * hashes, so that nothing which might slip in through a name in a database could run.
 */
export function page({ title, mood, header, main, footer }: Page): string {
  const policy = `default-src 'none'; style-src '${hashOf(styleSheet)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${Markup.trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${Markup.trusted(styleSheet)}</style>
</head>
<body class="${mood}">
<a class="skip" href="#main">Skip to the details</a>
${header}<main id="main" class="page">
${main}</main>
<footer><div class="page"><p>${footer}</p></div></footer>
<script>${Markup.trusted(script)}</script>
</body>
</html>
`.toString();
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
