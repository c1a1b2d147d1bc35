/**
 * Whether a key without its prefix is to be copied.
 *
 * @example keyFilter({ exclude: ['tmp/*'] })('tmp/1.jpg') // false
 */
export function keyFilter({
  include,
  exclude,
}: {
  readonly include?: readonly string[] | undefined;
  readonly exclude: readonly string[];
}): (key: string) => boolean {
  const wanted = include?.map(toExpression);
  const unwanted = exclude.map(toExpression);
  return (key) => (wanted === undefined || wanted.some((one) => one.test(key))) && !unwanted.some((one) => one.test(key));
}

function toExpression(pattern: string): RegExp {
  const parts = pattern.split('*').map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
