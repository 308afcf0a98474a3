// Verifies in the browser that a record is in the journal: docs/formats/journal.md, "Root, receipt,
// proof". What follows from the record's hash must be a head that the journal's key signed.
import { type Bytes, equal, hashFromHex, join, sha256, subtle, utf8 } from './bytes.ts';
import { Refusal, refuse } from './refusal.ts';

const FORMAT = 'altis.journal.proof.2';
const RUN = 16;
const MAX_PATH = 120;

export type InJournal = { holds: true; offset: number; records: number; head: number };
export type NotInJournal = { holds: false; code: string; reason: string };

const refuted = (why: string): never => refuse('proof.refuted', `the proof does not hold: ${why}`);
const malformed = (what: string): never => refuse('proof.malformed', `this is no proof of the journal: ${what}`);

function numberBytes(value: number | bigint, size: 4 | 8): Bytes {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  if (size === 4) view.setUint32(0, Number(value), true);
  else view.setBigUint64(0, BigInt(value), true);
  return bytes;
}

const hash = (value: unknown, name: string): Bytes => hashFromHex(value) ?? malformed(`'${name}' must be 64 hex digits`);

function count(value: unknown, name: string): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? value : malformed(`'${name}' must be a number from 0 on`);
}

// The root of the tree of runs of 16 that follows from one hash, its place and the others of its runs.
async function rootFrom(leaf: Bytes, place: number, records: number, path: Bytes[]): Promise<Bytes> {
  let [at, index, size] = [leaf, place, records];
  let next = 0;
  while (size > 1) {
    const begin = index - (index % RUN);
    const others = Math.min(RUN, size - begin) - 1;
    const run = path.slice(next, next + others);
    if (run.length < others) refuted('the path is too short');
    next += others;
    run.splice(index - begin, 0, at);
    at = await sha256(join(new Uint8Array(4), ...run));
    index = Math.floor(index / RUN);
    size = Math.ceil(size / RUN);
  }
  return next === path.length ? at : refuted('the path is too long');
}

async function check(value: unknown, publicKey: string): Promise<InJournal> {
  const proof = (value ?? {}) as Record<string, unknown>;
  if (proof['format'] !== FORMAT) malformed(`'format' must be ${FORMAT}`);
  const batch = (proof['batch'] ?? {}) as Record<string, unknown>;
  const head = (proof['head'] ?? {}) as Record<string, unknown>;
  const path = proof['path'];
  if (!Array.isArray(path) || path.length > MAX_PATH) return malformed("'path' is no list of hashes");
  const [offset, records, first] = [count(proof['offset'], 'offset'), count(batch['records'], 'records'), count(batch['first_offset'], 'first_offset')];
  if (offset < first || offset - first >= records) refuted('the record is not one of the batch');
  if (head['offset'] !== first + records - 1) refuted('the head is not that of the batch');
  const root = await rootFrom(hash(proof['hash'], 'hash'), offset - first, records, path.map((hex) => hash(hex, 'path')));
  const chained = await sha256(join(numberBytes(records, 4), numberBytes(count(batch['bytes'], 'bytes'), 8), numberBytes(first, 8),
    numberBytes(count(batch['time_us'], 'time_us'), 8), hash(batch['previous_hash'], 'previous_hash'), root));
  if (!equal(chained, hash(head['hash'], 'head.hash'))) refuted("the record does not lead to the head's hash");
  if (proof['public_key'] !== publicKey) refuse('proof.other_key', 'the proof is signed with another key than that of this journal');
  const signature = String(proof['signature']);
  if (!/^[0-9a-f]{128}$/.test(signature)) malformed("'signature' must be 128 hex digits");
  const signed = join(utf8('altis.journal.head.2'), numberBytes(first + records - 1, 8), chained);
  const key = await subtle().importKey('raw', hash(publicKey, 'public_key'), 'Ed25519', false, ['verify']);
  const bytes = Uint8Array.from(signature.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  if (!(await subtle().verify('Ed25519', key, bytes, signed))) refuted('the signature is not that of the key');
  return { holds: true, offset, records, head: first + records - 1 };
}

// Nothing throws for anything that a server answers. `publicKey` in hex, as /v1/journal gives it.
export async function verifyRecord(proof: unknown, publicKey: string): Promise<InJournal | NotInJournal> {
  try {
    return await check(proof, publicKey);
  } catch (error) {
    if (error instanceof Refusal) return { holds: false, code: error.code, reason: error.message };
    if (error instanceof DOMException) return { holds: false, code: 'verify.no_ed25519', reason: 'this browser knows no Ed25519 signatures; use a newer one' };
    throw error;
  }
}
