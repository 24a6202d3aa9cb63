/** Chromium with policies of an administrator: a mount namespace in which it has them, seen by nobody else. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

const CONFINED = `#!/bin/sh
exec unshare --mount sh -c 'mount --make-rprivate / && mount -t tmpfs tmpfs /etc/chromium && mkdir -p /etc/chromium/policies/managed &&
echo "$TAMGA_POLICY" >/etc/chromium/policies/managed/test.json && exec "$0" "$@"' "$TAMGA_REAL_CHROMIUM" "$@"
`;

/** Whether there can be one: only root makes mount namespaces. */
export const canConfine = process.getuid?.() === 0;

/**
 * How Chromium is started with these policies; `remove` takes away what that needs.
 *
 * @param {object} policies
 */
export function confined(policies) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tamga-policy-'));
  const program = path.join(folder, 'chromium');
  writeFileSync(program, CONFINED, { mode: 0o755 });
  const environment = {
    TAMGA_POLICY: JSON.stringify(policies),
    TAMGA_REAL_CHROMIUM: process.env.TAMGA_CHROMIUM ?? '/usr/lib/chromium/chromium',
  };
  return { options: { program, environment }, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
