import type { PageCommand } from '../types/PageCommand';
import type { PageFilter } from '../types/PageFilter';
import type { SignOptions, TamgaError } from './tamga';

declare global {
  interface Window {
    /** What the scripts of this folder hand each other; gone before the page's first script. */
    tamgaParts: {
      TamgaError: typeof TamgaError;
      checkSign(asked: unknown): PageCommand;
      checkFilter(filter: unknown): PageFilter;
      checkOptions(options: unknown, known: string[]): SignOptions;
      toHex(bytes: Uint8Array): string;
    };
  }
}
