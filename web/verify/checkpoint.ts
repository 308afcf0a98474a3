// The signed head of a log: a checkpoint (c2sp.org/tlog-checkpoint) in a signed note
// (c2sp.org/signed-note), with Ed25519.
import { type Bytes, HASH_BYTES, equal, fromBase64, join, sha256, subtle, toHex, utf8 } from './bytes.ts';
import type { Head } from './merkle.ts';
import { refuse } from './refusal.ts';

const ED25519 = 1;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
const MAX_BYTES = 4096;

type LogKey = { origin: string; id: Bytes; key: Bytes };

// "<origin>+<key id>+<type and key>"; the id must be that of the other two.
export async function readKey(text: string): Promise<LogKey> {
  const [, origin = '', id = '', rest = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const bytes = fromBase64(rest);
  if (bytes?.length === 1 + KEY_BYTES && bytes[0] === ED25519) {
    const own = (await sha256(join(utf8(`${origin}\n`), bytes))).slice(0, KEY_ID_BYTES);
    if (toHex(own) === id) return { origin, id: own, key: bytes.slice(1) };
  }
  return refuse('checkpoint.key_malformed', 'the key of the log is damaged; copy it anew');
}

const malformed = (what: string): never =>
  refuse('checkpoint.malformed', `this is no signed head of a log: ${what}`);

async function isSigned(key: LogKey, signature: Bytes, body: Bytes): Promise<boolean> {
  let imported: CryptoKey;
  try {
    imported = await subtle().importKey('raw', key.key, 'Ed25519', false, ['verify']);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError') {
      refuse('verify.no_ed25519', 'this browser knows no Ed25519 signatures; use a newer one');
    }
    throw error;
  }
  return subtle().verify('Ed25519', imported, signature, body);
}

// What the head says, when the key signed it. Signatures of others are passed over.
export async function openCheckpoint(text: string, verifierKey: string): Promise<Head> {
  const key = await readKey(verifierKey);
  if (text.length > MAX_BYTES) malformed('it is too long');
  const end = text.indexOf('\n\n');
  if (end < 0) malformed('it has no signatures');
  const body = text.slice(0, end + 1);
  const [origin, size = '', root = ''] = body.split('\n');
  if (origin !== key.origin) {
    refuse('checkpoint.other_log', 'this head is of another log than the key that was given');
  }
  const number = Number(size);
  if (!/^(0|[1-9]\d*)$/.test(size) || !Number.isSafeInteger(number)) {
    malformed('its second line is no number of entries');
  }
  const hash = fromBase64(root);
  if (hash?.length !== HASH_BYTES) return malformed('its third line is no hash');
  let isKnown = false;
  const lines = text.slice(end + 2).split('\n');
  if (lines.pop() !== '') malformed('it does not end with a line');
  for (const line of lines) {
    const [dash, name, value = '', ...more] = line.split(' ');
    if (dash !== '\u2014' || more.length > 0) malformed('a signature line is none');
    if (name !== key.origin) continue;
    const bytes = fromBase64(value);
    if (bytes?.length !== KEY_ID_BYTES + SIGNATURE_BYTES) continue;
    if (!equal(bytes.slice(0, KEY_ID_BYTES), key.id)) continue;
    isKnown = true;
    if (await isSigned(key, bytes.slice(KEY_ID_BYTES), utf8(body))) {
      return { origin, size: number, root: hash };
    }
  }
  return isKnown
    ? refuse('checkpoint.forged', 'the signature of the log’s head does not hold')
    : refuse('checkpoint.other_log', 'the head is not signed by the key that was given');
}
