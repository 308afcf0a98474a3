// Stands between the browser and altis: passes everything on, and for some tests breaks the live
// feed, or plays one of its own, as docs/feeds.md describes it, of a result list in which every
// cell of every row changes.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { canonicalText } from '../feed/follower.mjs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const kLive = '/v1/results/live';
const kPlace = 1000; // where a feed that is played begins
/** Whoever asks for this is answered when the test says so: a page that asks and waits stands still. */
export const kStandstill = '/standstill';

/** One event as text; `message` without its check. */
function sent(message) {
  const text = JSON.stringify(message);
  const data = `${text.slice(0, -1)},"check":"${sha256(text).slice(0, 16)}"}`;
  return `id: ${message.seq}\nevent: ${message.type}\ndata: ${data}\n\n`;
}

/**
 * A unit of many competitors: each version moves everybody by one place and gives everybody another
 * result.
 */
export class ChangingUnit {
  version = 1;

  constructor(unit, rows) {
    const keys = Array.from({ length: rows }, (_, at) => String(1_000_000 + at));
    const line = (key, at) => ({
      members: [{ code: key, given_name: 'Competitor', family_name: key }],
      organisation: `N${String(at % 90).padStart(2, '0')}`,
      rank: at + 1,
      result: this.#result(at),
      type: 'A',
    });
    this.unit = unit;
    this.document = {
      edition: 'owg2026',
      lines: Object.fromEntries(keys.map((key, at) => [key, line(key, at)])),
      name: 'Everybody changes',
      order: keys,
      status: 'LIVE',
      unit,
    };
  }

  #result(at) {
    return `${(at * 7 + this.version * 13) % 30_000}`;
  }

  get head() {
    return {
      unit: this.unit,
      edition: 'owg2026',
      name: this.document.name,
      status: 'LIVE',
      version: this.version,
      known_at: new Date(0).toISOString(),
      offset: 1,
    };
  }

  message(type, seq, more) {
    return sent({
      type,
      seq,
      unit: this.unit,
      ...more,
      version: this.version,
      at: new Date(0).toISOString(),
      hash: sha256(canonicalText(this.document)),
      ...(type === 'snapshot' ? { document: this.document } : {}),
    });
  }

  /** The next version, as a delta. */
  next(seq) {
    const { order, lines } = this.document;
    const from = this.version++;
    const patch = [
      { op: 'remove', path: '/order/0' },
      { op: 'add', path: `/order/${order.length - 1}`, value: order[0] },
    ];
    order.push(order.shift());
    order.forEach((key, at) => {
      lines[key].rank = at + 1;
      lines[key].result = this.#result(at);
      patch.push(
        { op: 'replace', path: `/lines/${key}/rank`, value: at + 1 },
        { op: 'replace', path: `/lines/${key}/result`, value: lines[key].result },
      );
    });
    return this.message('delta', seq, { from, patch });
  }
}

const beginning = (unit) =>
  [
    sent({ type: 'reset', seq: kPlace, units: 1 }),
    unit.message('snapshot', kPlace),
    sent({ type: 'heartbeat', seq: kPlace }),
  ].join('');

/**
 * Deltas made beforehand, so that making them takes no time from the browser while it is measured.
 */
export function played(unit, versions, everyMs) {
  const [head, first] = [unit.head, beginning(unit)];
  const deltas = Array.from({ length: versions }, (_, at) => unit.next(kPlace + 1 + at));
  return { head, first, everyMs, delta: (at) => deltas[at] };
}

/** Without an end. */
export const playedOn = (unit, everyMs) => ({
  head: unit.head,
  first: beginning(unit),
  everyMs,
  delta: (at) => unit.next(kPlace + 1 + at),
});

export class FeedPlayer {
  #upstream;
  #open = new Set();
  #server = createServer((asked, reply) => this.#answer(asked, reply));
  /** Changes the feed's text on its way, chunk by chunk; null: none. */
  tamper = null;
  /** What `played` gives, in place of the feed of altis. */
  play = null;
  told = 0; // deltas played
  asked = []; // Last-Event-ID of each connection to the feed
  #standsStill = null; // told when a page asks for `kStandstill`

  constructor(upstream) {
    this.#upstream = new URL(upstream);
  }

  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Cuts the feed's connections, as a network does. */
  cut() {
    for (const reply of this.#open) reply.destroy();
  }

  /** When a page stands still; gives what ends that. */
  standstill() {
    return new Promise((begun) => {
      this.#standsStill = (reply) => begun(() => reply.writeHead(200).end());
    });
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(asked, reply) {
    if (asked.url === kStandstill) return void this.#standsStill(reply);
    if (asked.url.startsWith(kLive)) {
      this.asked.push(asked.headers['last-event-id'] ?? '');
      this.#open.add(reply);
      reply.on('close', () => this.#open.delete(reply));
      if (this.play) return void this.#play(reply);
    }
    if (this.play && asked.url.startsWith('/v1/results/units')) {
      return void reply
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ items: [this.play.head] }));
    }
    this.#pass(asked, reply);
  }

  #pass(asked, reply) {
    const { hostname, port } = this.#upstream;
    // A feed that is to be changed on its way is asked for as it is, not packed.
    const plain = asked.url.startsWith(kLive) ? { 'accept-encoding': 'identity' } : {};
    const on = request(
      {
        hostname,
        port,
        path: asked.url,
        method: asked.method,
        headers: { ...asked.headers, ...plain, host: `${hostname}:${port}` },
      },
      (answer) => {
        reply.writeHead(answer.statusCode, answer.headers);
        reply.flushHeaders();
        answer.on('data', (bytes) => {
          const text =
            this.tamper && asked.url.startsWith(kLive) ? this.tamper(String(bytes)) : bytes;
          if (!reply.write(text)) {
            answer.pause();
            reply.once('drain', () => answer.resume());
          }
        });
        answer.on('end', () => reply.end());
        answer.on('error', () => reply.destroy());
      },
    );
    on.on('error', () => reply.destroy());
    reply.on('close', () => on.destroy());
    asked.pipe(on);
  }

  #play(reply) {
    const { first, delta, everyMs } = this.play;
    this.told = 0;
    reply.writeHead(200, { 'Content-Type': 'text/event-stream' });
    reply.write(first);
    const begin = performance.now();
    const tell = () => {
      if (reply.destroyed) return;
      for (; performance.now() - begin >= (this.told + 1) * everyMs; ++this.told) {
        const text = delta(this.told);
        if (!text) return;
        reply.write(text);
      }
      setTimeout(tell, Math.min(everyMs, 10));
    };
    tell();
  }
}
