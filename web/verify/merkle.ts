// The Merkle tree of RFC 6962: roots from audit paths and from tiles, and consistency (RFC 9162,
// sections 2.1.3.2 and 2.1.4.2). Numbers are whole and at most 2^53 - 1, so no bit operators here.
import { type Bytes, HASH_BYTES, equal, join, sha256, utf8 } from './bytes.ts';
import { refuse } from './refusal.ts';

const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;

// Gives the hashes of a tile that are there, one after the other.
export type FetchTile = (level: number, index: number) => Promise<Bytes>;

export const leafHash = (entry: string): Promise<Bytes> =>
  sha256(join(new Uint8Array([0]), utf8(entry)));

const nodeHash = (left: Bytes, right: Bytes): Promise<Bytes> =>
  sha256(join(new Uint8Array([1]), left, right));

const half = (n: number): number => Math.floor(n / 2);
const isOdd = (n: number): boolean => n % 2 === 1;

// Nothing when the path has another length than the place asks for.
export async function rootFromPath(
  leaf: Bytes, index: number, size: number, path: Bytes[]): Promise<Bytes | undefined> {
  if (index >= size) return undefined;
  let hash = leaf;
  let node = index;
  let last = size - 1;
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (isOdd(node) || node === last) {
      hash = await nodeHash(sibling, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 ? hash : undefined;
}

export type Head = { origin: string; size: number; root: Bytes };

// Whether the path shows that `older` is a beginning of `newer`.
export async function isConsistent(older: Head, newer: Head, path: Bytes[]): Promise<boolean> {
  if (older.size === newer.size) return path.length === 0 && equal(older.root, newer.root);
  if (older.size > newer.size) return false;
  if (older.size === 0) return path.length === 0; // everything begins with nothing
  let node = older.size - 1;
  let last = newer.size - 1;
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  const rest = node === 0 ? [older.root, ...path] : path; // a full tree is its own first step
  const first = rest[0];
  if (!first) return false;
  let [old, all] = [first, first];
  for (const sibling of rest.slice(1)) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      old = await nodeHash(sibling, old);
      all = await nodeHash(sibling, all);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      all = await nodeHash(all, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equal(old, older.root) && equal(all, newer.root);
}

// The largest power of two below `n`, which is 2 at least.
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

// Reads a log by its tiles, each once.
export class TileReader {
  readonly #fetch: FetchTile;
  readonly #tiles = new Map<string, Promise<Bytes>>();

  constructor(fetch: FetchTile) {
    this.#fetch = fetch;
  }

  async leaf(index: number): Promise<Bytes> {
    return this.#node(0, index);
  }

  // The audit path of an entry, from the bottom up.
  async path(index: number, begin: number, end: number): Promise<Bytes[]> {
    if (end - begin === 1) return [];
    const middle = begin + split(end - begin);
    return index < middle
      ? [...await this.path(index, begin, middle), await this.#range(middle, end)]
      : [...await this.path(index, middle, end), await this.#range(begin, middle)];
  }

  async #range(begin: number, end: number): Promise<Bytes> {
    const size = end - begin;
    const level = Math.log2(size);
    if (Number.isInteger(level)) return this.#node(level, begin / size);
    const middle = begin + split(size);
    return nodeHash(await this.#range(begin, middle), await this.#range(middle, end));
  }

  // The root of the complete subtree `index` of 2^level entries.
  async #node(level: number, index: number): Promise<Bytes> {
    const width = 2 ** (level % TILE_HEIGHT);
    const first = index * width;
    const hashes = await this.#tile(Math.floor(level / TILE_HEIGHT), Math.floor(first / TILE_WIDTH));
    const begin = (first % TILE_WIDTH) * HASH_BYTES;
    const bytes = hashes.slice(begin, begin + width * HASH_BYTES);
    if (bytes.length !== width * HASH_BYTES) {
      refuse('tiles.short', 'the log gave less of a tile than its signed head promises');
    }
    return fold(bytes);
  }

  #tile(level: number, index: number): Promise<Bytes> {
    const name = `${level}/${index}`;
    const known = this.#tiles.get(name) ?? this.#fetch(level, index);
    this.#tiles.set(name, known);
    return known;
  }
}

// The root over hashes that stand one after the other, a power of two of them.
async function fold(bytes: Bytes): Promise<Bytes> {
  if (bytes.length === HASH_BYTES) return bytes;
  const middle = bytes.length / 2;
  return nodeHash(await fold(bytes.slice(0, middle)), await fold(bytes.slice(middle)));
}
