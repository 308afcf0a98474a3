// A client of the live feed: keeps the documents, and proves that it has missed nothing. All that a
// client needs to do, in 100 lines; docs/feeds.md explains it.
import { createHash } from 'node:crypto';

// The text that is hashed: members in ascending order of their UTF-8 bytes, no white space.
export function canonicalText(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const names = Object.keys(value).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${names.map((n) => `${JSON.stringify(n)}:${canonicalText(value[n])}`).join(',')}}`;
}

// JSON Patch with add, remove and replace (RFC 6902); changes `document` and gives it back.
export function applyPatch(document, patch) {
  for (const { op, path, value } of patch) {
    if (path === '') { document = value; continue; }
    const steps = path.slice(1).split('/').map((s) => s.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = steps.pop();
    const place = steps.reduce((node, step) => node[step], document);
    if (!Array.isArray(place)) {
      if (op === 'remove') delete place[last]; else place[last] = value;
    } else if (op === 'replace') {
      place[Number(last)] = value;
    } else if (op === 'remove') {
      place.splice(Number(last), 1);
    } else {
      place.splice(last === '-' ? place.length : Number(last), 0, value);
    }
  }
  return document;
}

// The last member is a check over the text without it.
export function holdsCheck(text) {
  const at = text.lastIndexOf(',"check":"');
  const own = createHash('sha256').update(`${text.slice(0, at)}}`).digest('hex').slice(0, 16);
  return text.slice(at) === `,"check":"${own}"}`;
}

export class Follower {
  units = new Map(); // unit -> {version, hash, document}
  place = null; // where to resume from; null while a snapshot is being told
  #expected = 0;
  #caughtUp = 0; // messages of a slow client since its place

  // Takes a message's text. Throws when it was changed, when one is missing, or when a document is
  // not what the server has: then come back without a place.
  take(text) {
    if (!holdsCheck(text)) throw new Error(`after ${this.place} came a message whose check fails`);
    const message = JSON.parse(text);
    const { type, seq, unit } = message;
    if (type === 'reset') {
      this.units.clear();
      this.place = null;
      this.#expected = message.units;
      return;
    }
    if (this.place === null) {
      if (type === 'snapshot') this.#keep(message, message.document);
      else if (type !== 'heartbeat' || this.units.size !== this.#expected) {
        throw new Error('a snapshot is missing');
      } else this.place = seq;
      return;
    }
    const before = message.after ?? (type === 'heartbeat' ? seq : seq - 1);
    if (before !== this.place) throw new Error(`at ${this.place} came a message after ${before}`);
    if (type === 'heartbeat' && (message.units ?? this.#caughtUp) !== this.#caughtUp) {
      throw new Error(`at ${this.place} a unit is missing`);
    }
    this.#caughtUp = type !== 'heartbeat' && seq === this.place ? this.#caughtUp + 1 : 0;
    this.place = seq;
    if (type === 'snapshot') this.#keep(message, message.document);
    if (type === 'withdrawn') this.units.delete(unit);
    if (type !== 'delta') return;
    const known = this.units.get(unit);
    if (known.version !== message.from) throw new Error(`a delta from another version of ${unit}`);
    this.#keep(message, applyPatch(known.document, message.patch));
  }

  #keep({ unit, version, hash }, document) {
    const own = createHash('sha256').update(canonicalText(document)).digest('hex');
    if (own !== hash) throw new Error(`the document of ${unit} has another hash`);
    this.units.set(unit, { version, hash, document });
  }
}
