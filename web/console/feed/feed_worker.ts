// Follows the live feed apart from the page: decodes deltas, checks hashes, comes back where it
// was, and tells the page about one unit. The page says when it has drawn what it was told; until
// then changes are kept here and told as one, so a page that is slow or hidden has at most one
// message waiting.
import { readEvents } from '../data/sse.ts';
import { Broken, Follower, isChecking } from './follower.ts';
import { areEqual, rowsOfDocument, type Row } from './rows.ts';

export type ToFeed = { path: string; authorisation: string } | { show: string } | { drawn: true };
export interface Head {
  unit: string;
  name: string;
  status: string;
  version: number;
  known_at: string;
}
export type FeedState = 'connecting' | 'live' | 'behind' | 'reconnecting' | 'refused';
export interface Change {
  head: Head;
  count: number;
  places: Int32Array;
  texts: string[];
}
export type FromFeed =
  { state: FeedState; isChecked: boolean; why: string } | { change: Change } | { gone: string };

const kFirstRetryMs = 500;
const kMostRetryMs = 15_000;
const kMostSilenceMs = 25_000; // heartbeats come every 15 s
const kBehindMs = 1000; // that the page may take to draw

const tell = (message: FromFeed): void => self.postMessage(message);

let follower = new Follower();
let shown = ''; // the unit that the page looks at
let told: Row[] = [];
let toldUnit = '';
let toldVersion = 0;
let isWaiting = false; // for the page to draw
let waitsSince = 0;
let said = '';

function say(state: FeedState, why = ''): void {
  const now = `${state} ${why}`;
  if (now === said) return;
  said = now;
  tell({ state, isChecked: isChecking(), why });
}

/** Tells the page what changed of its unit, unless it still draws. */
function tellUnit(): void {
  if (isWaiting || !shown || follower.place === null) return;
  const known = follower.units.get(shown);
  if (!known) {
    if (toldUnit !== shown || toldVersion !== 0) tell({ gone: shown });
    [toldUnit, toldVersion, told] = [shown, 0, []];
    return;
  }
  if (toldUnit === shown && toldVersion === known.version) return;
  if (toldUnit !== shown) told = [];
  const rows = rowsOfDocument(known.document, told);
  const places = rows.flatMap((row, at) => (areEqual(row, told[at]) ? [] : [at]));
  const { document, version, at } = known;
  const head = {
    unit: shown,
    name: String(document['name'] ?? ''),
    status: String(document['status'] ?? ''),
    version,
    known_at: at,
  };
  const texts = places.flatMap((place) => {
    const row = rows[place]!;
    return [row.rank, row.name, row.medal, row.organisation, row.result];
  });
  [toldUnit, toldVersion, told] = [shown, version, rows];
  isWaiting = true;
  waitsSince = performance.now();
  tell({ change: { head, count: rows.length, places: Int32Array.from(places), texts } });
}

/** Whether the page waits for something that is here already. */
function sayWhere(isCatchingUp: boolean): void {
  const isSlow = isWaiting && performance.now() - waitsSince > kBehindMs;
  say(isCatchingUp || isSlow ? 'behind' : 'live');
}

/** Reads until the feed ends; true when the server refused, which no new attempt changes. */
async function read(
  start: { path: string; authorisation: string },
  onAnswer: () => void,
): Promise<boolean> {
  const stop = new AbortController();
  let heard = performance.now();
  const silence = setInterval(() => {
    if (performance.now() - heard > kMostSilenceMs) stop.abort();
  }, 1000);
  try {
    const headers: Record<string, string> = { Authorization: start.authorisation };
    if (follower.place !== null) headers['Last-Event-ID'] = String(follower.place);
    else follower = new Follower();
    const reply = await fetch(start.path, { headers, signal: stop.signal });
    if (reply.status >= 400 && reply.status < 500 && reply.status !== 429) {
      const problem = (await reply.json().catch(() => ({}))) as { code?: string };
      say('refused', problem.code ?? String(reply.status));
      return true;
    }
    if (!reply.ok || !reply.body) return false;
    await readEvents(reply.body, '', async ({ data }) => {
      heard = performance.now();
      if (!data) return;
      const taken = await follower.take(data);
      onAnswer();
      if (taken.isWhole) tellUnit();
      sayWhere(taken.isCatchingUp && !taken.isWhole);
    });
    return false;
  } finally {
    clearInterval(silence);
    stop.abort();
  }
}

async function follow(start: { path: string; authorisation: string }): Promise<void> {
  for (let pause = kFirstRetryMs; ; pause = Math.min(pause * 2, kMostRetryMs)) {
    let why = 'network';
    try {
      if (
        await read(start, () => {
          pause = kFirstRetryMs / 2;
        })
      )
        return;
    } catch (error) {
      // What was missed or changed on the way is asked for whole.
      if (!(error instanceof Broken)) {
        /* the network */
      } else {
        why = error.message;
        follower = new Follower();
      }
    }
    say('reconnecting', why);
    await new Promise((wake) => setTimeout(wake, pause * (1 + Math.random())));
  }
}

self.onmessage = ({ data }: MessageEvent<ToFeed>): void => {
  if ('path' in data) {
    say('connecting');
    void follow(data);
  } else if ('show' in data) {
    shown = data.show;
    isWaiting = false;
    tellUnit();
  } else {
    isWaiting = false;
    if (said.startsWith('behind')) sayWhere(false);
    tellUnit();
  }
};
