// A client of the live feed (docs/feeds.md): keeps the documents, and proves that it has missed
// nothing and that each is the server's. Where the browser has no WebCrypto, on a page that is
// neither https nor loopback, hashes cannot be checked.
export type Document = Record<string, unknown>;
export interface KnownUnit {
  version: number;
  hash: string;
  at: string;
  document: Document;
}

interface Patch {
  op: string;
  path: string;
  value?: unknown;
}
interface Message {
  type: string;
  seq: number;
  after?: number;
  unit: string;
  version: number;
  hash: string;
  at: string;
  from: number;
  document: Document;
  patch: Patch[];
  units?: number;
}

/** Something is missing, or not as it was sent: the feed must be opened anew, without a place. */
export class Broken extends Error {}

export const isChecking = (): boolean => globalThis.crypto?.subtle !== undefined;

async function sha256(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// UTF-16 orders halves of pairs below U+E000 to U+FFFF, UTF-8 above.
const inUtf8 = (unit: number): number =>
  unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;

function byUtf8(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let at = 0; at < end; ++at) {
    const differs = inUtf8(a.charCodeAt(at)) - inUtf8(b.charCodeAt(at));
    if (differs !== 0) return differs;
  }
  return a.length - b.length;
}

/** The text that is hashed: members in ascending order of their UTF-8 bytes, no white space. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = value as Document;
  return `{${Object.keys(members)
    .sort(byUtf8)
    .map((name) => `${JSON.stringify(name)}:${canonicalText(members[name])}`)
    .join(',')}}`;
}

function changeList(list: unknown[], step: string, { op, value }: Patch): void {
  const at = step === '-' ? list.length : Number(step);
  if (!Number.isInteger(at) || at < 0 || at > list.length)
    throw new Broken('a patch of a place that is not there');
  if (op === 'replace') list[at] = value;
  else if (op === 'remove') list.splice(at, 1);
  else list.splice(at, 0, value);
}

/** JSON Patch with add, remove and replace (RFC 6902); changes `document` and gives it back. */
export function applyPatch(document: Document, patch: Patch[]): Document {
  for (const change of patch) {
    if (change.path === '') {
      document = change.value as Document;
      continue;
    }
    const steps = change.path
      .slice(1)
      .split('/')
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = steps.pop()!;
    const place = steps.reduce<unknown>(
      (node, step) => (Object.hasOwn(Object(node), step) ? (node as Document)[step] : undefined),
      document,
    );
    if (Array.isArray(place)) changeList(place, last, change);
    else if (place === null || typeof place !== 'object' || last === '__proto__')
      throw new Broken('a patch of a place that is not there');
    else if (change.op === 'remove') delete (place as Document)[last];
    else (place as Document)[last] = change.value;
  }
  return document;
}

async function require(text: string, hash: string, what: string): Promise<void> {
  if (isChecking() && !(await sha256(text)).startsWith(hash))
    throw new Broken(`${what} has another hash`);
}

/**
 * What a message did: which unit it changed, whether everything up to now was told, whether the
 * server left steps out.
 */
export interface Taken {
  unit: string | null;
  isWhole: boolean;
  isCatchingUp: boolean;
}

export class Follower {
  readonly units = new Map<string, KnownUnit>();
  /** Where to go on from; null while a snapshot is being told. */
  place: number | null = null;
  #expected = 0;
  #caughtUp = 0; // messages of a slow client since its place

  /** Throws Broken. */
  async take(text: string): Promise<Taken> {
    const at = text.lastIndexOf(',"check":"');
    await require(`${text.slice(0, at)}}`, text.slice(at + 10, -2), 'a message');
    const message = JSON.parse(text) as Message;
    if (message.type === 'reset') return this.#reset(message);
    if (this.place === null) return this.#begin(message);
    this.#follow(message);
    return {
      unit: await this.#change(message),
      isWhole: message.type === 'heartbeat' || message.after === undefined,
      isCatchingUp: message.after !== undefined,
    };
  }

  #reset(message: Message): Taken {
    this.units.clear();
    this.place = null;
    this.#expected = message.units ?? 0;
    return { unit: null, isWhole: false, isCatchingUp: true };
  }

  async #begin(message: Message): Promise<Taken> {
    if (message.type === 'snapshot') {
      await this.#keep(message, message.document);
      return { unit: message.unit, isWhole: false, isCatchingUp: true };
    }
    if (message.type !== 'heartbeat' || this.units.size !== this.#expected)
      throw new Broken('a snapshot is missing');
    this.place = message.seq;
    return { unit: null, isWhole: true, isCatchingUp: false };
  }

  #follow({ type, seq, after, units }: Message): void {
    const isHeartbeat = type === 'heartbeat';
    if ((after ?? (isHeartbeat ? seq : seq - 1)) !== this.place)
      throw new Broken(`after ${this.place} a message is missing`);
    if (isHeartbeat && (units ?? this.#caughtUp) !== this.#caughtUp)
      throw new Broken(`at ${this.place} a unit is missing`);
    this.#caughtUp = !isHeartbeat && seq === this.place ? this.#caughtUp + 1 : 0;
    this.place = seq;
  }

  async #change(message: Message): Promise<string | null> {
    const { type, unit } = message;
    if (type === 'heartbeat') return null;
    if (type === 'withdrawn') this.units.delete(unit);
    if (type === 'snapshot') await this.#keep(message, message.document);
    if (type !== 'delta') return unit;
    const known = this.units.get(unit);
    if (known?.version !== message.from)
      throw new Broken(`a delta from another version of ${unit}`);
    await this.#keep(message, applyPatch(known.document, message.patch));
    return unit;
  }

  async #keep({ unit, version, hash, at }: Message, document: Document): Promise<void> {
    if (isChecking()) await require(canonicalText(document), hash, `the document of ${unit}`);
    this.units.set(unit, { version, hash, at, document });
  }
}
