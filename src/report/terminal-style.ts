import { styleText } from 'node:util';

export type Tone = 'good' | 'bad' | 'doubt' | 'quiet' | 'strong' | 'goodBadge' | 'badBadge' | 'doubtBadge';

/** Paints a text; without colour it stays as it is. */
export type Paint = (tone: Tone, text: string) => string;

const formats = {
  good: 'green',
  bad: 'red',
  doubt: 'yellow',
  quiet: 'gray',
  strong: 'bold',
  goodBadge: ['bold', 'black', 'bgGreen'],
  badBadge: ['bold', 'white', 'bgRed'],
  doubtBadge: ['bold', 'black', 'bgYellow'],
} as const satisfies Record<Tone, Parameters<typeof styleText>[0]>;

export function makePaint(color: boolean): Paint {
  // The caller has decided about colour already (terminal, NO_COLOR, --no-color); nothing here looks at streams or the environment.
  return (tone, text) => (color ? styleText(formats[tone], text, { validateStream: false }) : text);
}
