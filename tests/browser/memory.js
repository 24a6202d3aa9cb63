/** How much memory a process has, as Linux tells it. */
import { readFileSync } from 'node:fs';

/** @param {number} process's id @returns {number} the most it ever had resident, in bytes; 0 if it has ended */
export function peakMemory(process) {
  return field(process, 'VmHWM');
}

/** @param {number} process's id @returns {number} what it has resident now, in bytes; 0 if it has ended */
export function residentMemory(process) {
  return field(process, 'VmRSS');
}

/** @param {number} process @param {string} name */
function field(process, name) {
  try {
    const status = readFileSync(`/proc/${process}/status`, 'utf8');
    return Number(new RegExp(`${name}:\\s*(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
