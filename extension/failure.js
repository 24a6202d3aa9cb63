/**
 * Whatever went wrong, as a failure that can be shown and told.
 *
 * @param {unknown} error
 * @returns {import('./types/Failure').Failure}
 */
export function asFailure(error) {
  const { code, subject, tries, package: kind } = /** @type {any} */ (error) ?? {};
  if (error instanceof Error || typeof code !== 'string') {
    console.error(error);
    return { code: 'INTERNAL' };
  }
  return {
    code: /** @type {import('./types/ErrorCode').ErrorCode} */ (code),
    ...(subject !== undefined && { subject }),
    ...(tries !== undefined && { tries }),
    ...(kind !== undefined && { package: kind }),
  };
}
