// What sites write, against extension/page/tamga.d.ts, under several versions of TypeScript.
import type { SignRequest, TamgaCertificate, TamgaError, TamgaErrorCode } from '../../extension/page/tamga';

export async function sign(file: File, bytes: Uint8Array, digest: ArrayBuffer): Promise<Blob[]> {
  if (!window.tamga) return [];
  const { tamga } = window;
  const request: SignRequest = { documents: [{ name: file.name, content: file }, { name: 'bytes', content: bytes }] };
  const { certificate, items } = await tamga.sign(request, { signal: new AbortController().signal, onProgress: ({ done, total }) => done / total });
  await tamga.sign({
    format: 'cms',
    hashes: [
      { name: 'buffer', algorithm: 'SHA-256', value: digest },
      { name: 'view', algorithm: 'SHA-256', value: new DataView(digest) },
      { name: 'bytes', algorithm: 'SHA-256', value: bytes },
      { name: 'hex', algorithm: 'SHA-256', value: '00' },
    ],
  });
  describe(certificate);
  return items.flatMap(({ signature, error }) => {
    if (error) throw error;
    return [signature as Blob];
  });
}

export function describe({ subject, organization, serial, notAfter, keyType }: TamgaCertificate): string {
  const kind: 'RSA' | 'EC' | 'GOST' | null = keyType;
  return [subject, organization ?? '', serial, new Date(notAfter).toISOString(), kind].join();
}

export function wait(error: unknown): number | undefined {
  if (!(error instanceof tamga.TamgaError)) return undefined;
  const { code, retryAfter, message }: TamgaError = error;
  const known: TamgaErrorCode = code;
  return known === 'PERMISSION_DENIED' && message !== '' ? retryAfter : undefined;
}

// @ts-expect-error -- a password is nothing that a site has.
export const wrong: SignRequest = { documents: [], password: '1234' };
// @ts-expect-error -- the codes of other screens are not among a site's.
export const other: TamgaErrorCode = 'KEY_FILE_EXISTS';
