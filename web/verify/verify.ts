// Verifies in the browser, without trusting the server that answers: that a published fact is in the
// log whose key is given, and that one signed head of the log is a beginning of another.
import { type Bytes, equal, hashFromHex } from './bytes.ts';
import { openCheckpoint } from './checkpoint.ts';
import { type FetchTile, type Head, TileReader, isConsistent, leafHash, rootFromPath } from './merkle.ts';
import { Refusal, refuse } from './refusal.ts';

const FORMAT = 'altis.results.proof.1';
const MAX_PATH = 64;

export type Failure = { holds: false; code: string; reason: string };
// What was proved: the record of the log, its place in it, and the head that was signed.
export type Proved = {
  holds: true;
  fact: string; // "results/<unit>/<version>"; of other records their type
  unit: string;
  version: number;
  status: string;
  index: number;
  size: number; // entries of the log under the head
  origin: string;
  type: string;
  time: string;
  record: Record<string, unknown>;
};
export type Grown = { holds: true; origin: string; from: number; to: number };

async function outcome<T>(work: () => Promise<T>): Promise<T | Failure> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return { holds: false, code: error.code, reason: error.message };
    throw error;
  }
}

const malformed = (what: string): never =>
  refuse('proof.malformed', `this is no proof of a fact: ${what}`);

function readHashes(list: unknown): Bytes[] {
  if (!Array.isArray(list) || list.length > MAX_PATH) return malformed("'path' is no list of hashes");
  return list.map((hex) => hashFromHex(hex) ?? malformed("'path' must hold hashes of 64 hex digits"));
}

type Proof = { entry: string; index: number; path: Bytes[]; checkpoint: string };

function readProof(value: unknown): Proof {
  const { format, entry, index, path, checkpoint } = (value ?? {}) as Record<string, unknown>;
  if (format !== FORMAT) malformed(`'format' must be ${FORMAT}`);
  if (typeof entry !== 'string') return malformed("'entry' must be a text");
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) {
    return malformed("'index' must be a number from 0 on");
  }
  if (typeof checkpoint !== 'string') return malformed("'checkpoint' must be a text");
  return { entry, index, path: readHashes(path), checkpoint };
}

// Three lines: the record's type, its time, its payload.
function describe(entry: string, index: number, head: Head): Proved {
  const [type = '', time = '', ...rest] = entry.split('\n');
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(rest.join('\n')) as Record<string, unknown>;
  } catch {
    return malformed('the entry holds no record');
  }
  const unit = typeof record.unit === 'string' ? record.unit : '';
  const version = typeof record.version === 'number' ? record.version : 0;
  return {
    holds: true, fact: unit ? `results/${unit}/${version}` : type, unit, version,
    status: typeof record.status === 'string' ? record.status : '',
    index, size: head.size, origin: head.origin, type, time, record,
  };
}

// `proof` is the JSON of /v1/log/proofs or of a live page, `key` the verifier key of the log from a
// source that the reader trusts.
export function verifyFact(proof: unknown, key: string): Promise<Proved | Failure> {
  return outcome(async () => {
    const { entry, index, path, checkpoint } = readProof(proof);
    const head = await openCheckpoint(checkpoint, key);
    const root = await rootFromPath(await leafHash(entry), index, head.size, path);
    if (!root) refuse('proof.refuted', 'the proof’s path has not the length that its place asks for');
    if (!equal(root, head.root)) {
      refuse('proof.refuted', 'the fact, its place or its path was changed: they lead to another log');
    }
    return describe(entry, index, head);
  });
}

// The same from the log's tiles instead of a path; tells a changed fact from a changed tile.
export function verifyFactByTiles(
  entry: string, index: number, checkpoint: string, key: string, fetchTile: FetchTile,
): Promise<Proved | Failure> {
  return outcome(async () => {
    const head = await openCheckpoint(checkpoint, key);
    if (!Number.isSafeInteger(index) || index < 0 || index >= head.size) {
      refuse('proof.refuted', `the signed log has no entry ${index}`);
    }
    const tiles = new TileReader(fetchTile);
    const leaf = await tiles.leaf(index);
    const root = await rootFromPath(leaf, index, head.size, await tiles.path(index, 0, head.size));
    if (!root || !equal(root, head.root)) {
      refuse('tiles.refuted', 'the log’s tiles were changed: they lead to another head');
    }
    if (!equal(leaf, await leafHash(entry))) {
      refuse('fact.refuted', `the fact was changed: entry ${index} of the signed log is another one`);
    }
    return describe(entry, index, head);
  });
}

// That the log of the older checkpoint is a beginning of the newer one: nothing was taken back.
// `path` is a list of hashes in hex, as /v1/log/consistency answers.
export function verifyConsistency(
  older: string, newer: string, path: unknown, key: string): Promise<Grown | Failure> {
  return outcome(async () => {
    const from = await openCheckpoint(older, key);
    const to = await openCheckpoint(newer, key);
    if (from.size > to.size) {
      refuse('consistency.shrunk', `the log had ${from.size} entries and is shown with ${to.size}`);
    }
    if (!await isConsistent(from, to, readHashes(path))) {
      refuse('consistency.refuted', 'the log’s history was changed, or the path between its heads');
    }
    return { holds: true, origin: to.origin, from: from.size, to: to.size };
  });
}
