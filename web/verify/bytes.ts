// Bytes and their texts. Readers are strict: every value has one text only, so that nothing can be
// changed about a proof without being seen.
import { refuse } from './refusal.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

export const HASH_BYTES = 32;

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text) as Bytes;

export function join(...parts: Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const equal = (a: Bytes, b: Bytes): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

export const toHex = (bytes: Bytes): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

// Nothing unless it is the hex text of one hash.
export function hashFromHex(text: unknown): Bytes | undefined {
  if (typeof text !== 'string' || !/^[0-9a-f]{64}$/.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

// RFC 4648 with padding; nothing for any other text.
export function fromBase64(text: string): Bytes | undefined {
  try {
    const raw = atob(text);
    return btoa(raw) === text ? Uint8Array.from(raw, (c) => c.charCodeAt(0)) : undefined;
  } catch {
    return undefined;
  }
}

// WebCrypto is there on https pages and on loopback only.
export function subtle(): SubtleCrypto {
  return globalThis.crypto?.subtle ??
    refuse('verify.no_crypto', 'this page cannot verify: open it over https, or on this machine');
}

export const sha256 = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await subtle().digest('SHA-256', bytes));
