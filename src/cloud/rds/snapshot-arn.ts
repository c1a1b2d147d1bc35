/**
 * The account that an ARN belongs to.
 *
 * @example accountOfArn('arn:aws:rds:eu-central-1:111122223333:snapshot:nightly') // '111122223333'
 */
export function accountOfArn(text: string): string | undefined {
  return /^arn:[^:]+:rds:[^:]+:(\d{12}):/.exec(text)?.[1];
}
