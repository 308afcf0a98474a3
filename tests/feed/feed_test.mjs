// The live feed with the unmodified `ws` of npm and Node's fetch, packed as they ask for by
// themselves and not packed: all end with the same documents, whose hashes they recomputed.
//
// usage: node feed_test.mjs ALTIS
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AltisServer } from '../sdk/altis_server.mjs';
import { Follower } from './follower.mjs';

const require = createRequire(new URL('../../build/npm/feed/package.json', import.meta.url));
const WebSocket = require('ws');

const UNIT = 'FSKWSINGLES-----------FNL-000100--';
const FIELDS = ['results', 'splits', 'start_list', 'members', 'biographic', 'medals'];
const HEAD = 'CompetitionCode="OWG2026" FeedFlag="P" Date="2026-02-19" Time="200000000" ' +
  'LogicalDate="2026-02-19" Source="MILFSK1"';
const SCHEDULE = `<OdfBody ${HEAD} DocumentCode="FSK-------------------------------"
  DocumentType="DT_SCHEDULE" Version="1"><Competition><Unit Code="${UNIT}" Medal="1" Venue="MIL">
  <ItemName Language="ENG" Value="Free Skating" /></Unit></Competition></OdfBody>`;

// The first `count` skaters, the last of whom leads: everybody else falls by one rank. Codes are
// numbers of different length, which JavaScript would order otherwise, and names are not ASCII.
function result(version, count) {
  const lines = [];
  for (let rank = 1; rank <= count; ++rank) {
    const skater = count - rank;
    const code = 9 + skater * 7;
    lines.push(`<Result Rank="${rank}" SortOrder="${rank}" Result="${skater + 100}.5"
      ResultType="POINTS"><Competitor Code="${code}" Type="A" Organisation="JPN"><Composition>
      <Athlete Code="${code}" Order="1"><Description GivenName="Zoë ${skater}" FamilyName="Ø&quot;"
      Organisation="JPN" /></Athlete></Composition></Competitor></Result>`);
  }
  return `<OdfBody ${HEAD} DocumentCode="${UNIT}" DocumentType="DT_RESULT" Version="${version}"
    ResultStatus="LIVE"><Competition>${lines.join('')}</Competition></OdfBody>`;
}

class Games {
  constructor(server) { this.server = server; }

  // Of those who see all results anyway.
  get live() { return `${this.server.url}/v1/results/live?discipline=FSK`; }

  async found() {
    await this.server.foundGames();
    const admin = readFileSync(join(this.server.data, 'admin.key'), 'utf8').trim();
    const key = async (id, scopes) => (await this.server.ask('POST', '/v1/keys', admin,
      { id, organisation: 'la28', edition: 'owg2026', scopes })).secret;
    await this.server.ask('POST', '/v1/ownerships', admin,
      { organisation: 'la28', category: 'results', edition: 'owg2026' });
    this.writer = await key('writer', ['results:write', 'rights']);
    this.reader = await key('reader', ['feed']);
    await this.server.ask('PUT', '/v1/feed-grants/reader', this.writer, { edition: 'owg2026',
      units: [''], fields: FIELDS, delay_ms: 0, purpose: 'app', until: '2036-01-01T00:00:00Z' });
    await this.send(SCHEDULE);
  }

  async send(xml) {
    const answer = await fetch(`${this.server.url}/v1/odf`, { method: 'POST', body: xml,
      headers: { authorization: `Bearer ${this.writer}`, 'content-type': 'application/xml' } });
    assert.equal(answer.status, 200, await answer.text());
  }

  get headers() { return { authorization: `Bearer ${this.reader}` }; }
  get feed() { return `${this.server.url}/v1/results/feed`; }
}

// With the follower of an earlier connection it goes on from there.
async function overSocket(games, follower = new Follower(), options = {}) {
  follower.types = [];
  const query = follower.place === null ? '' : `?after=${follower.place}`;
  const socket = new WebSocket(games.feed.replace('http', 'ws') + query,
    { headers: games.headers, ...options });
  socket.on('message', (data) => {
    follower.types.push(JSON.parse(data).type);
    follower.take(String(data));
  });
  await once(socket, 'open');
  return { follower, socket };
}

async function overEvents(address, headers) {
  const follower = new Follower();
  const stop = new AbortController();
  const answer = await fetch(address, { headers, signal: stop.signal });
  assert.equal(answer.status, 200);
  const read = async () => {
    let text = '';
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      const events = (text + chunk).split('\n\n');
      text = events.pop();
      for (const event of events) {
        const data = event.split('\n').find((line) => line.startsWith('data: '));
        if (data) follower.take(data.slice(6));
      }
    }
  };
  const done = read().catch((error) => { if (error.name !== 'AbortError') throw error; });
  const coding = answer.headers.get('content-encoding');
  return { follower, coding, done, stop: async () => { stop.abort(); await done; } };
}

async function until(what, is) {
  for (let i = 0; i < 500; ++i) {
    if (is()) return;
    await sleep(10);
  }
  throw new Error(`not in time: ${what}`);
}

// A discipline whole: without a grant, for keys that see all results; as long as the key holds.
async function wholeDiscipline(games, server) {
  const admin = readFileSync(join(server.data, 'admin.key'), 'utf8').trim();
  const { secret } = await server.ask('POST', '/v1/keys', admin,
    { id: 'desk', organisation: 'la28', edition: 'owg2026', scopes: ['results'] });
  const headers = { authorization: `Bearer ${secret}` };
  const told = await overEvents(games.live, headers);
  await until('it has the unit', () => told.follower.units.has(UNIT));
  const { version, document } = told.follower.units.get(UNIT);
  assert.ok(document.lines[document.order[0]].members[0].given_name, 'with names');
  await games.send(result(version + 1, version + 1));
  await until('and its change', () => told.follower.units.get(UNIT).version === version + 1);
  const status = async (address, header) => (await fetch(address, { headers: header })).status;
  assert.equal(await status(games.live, games.headers), 403, 'the scope feed is not enough');
  assert.equal(await status(games.live.replace('FSK', 'CUR'), headers), 404);
  assert.equal(await status(games.live.replace('FSK', 'F'), headers), 404);
  assert.equal(await status(games.live.replace('?discipline=FSK', ''), headers), 404);
  const over = told.done.catch((error) => assert.match(String(error), /terminated/));
  await server.ask('DELETE', '/v1/keys/desk', admin);
  await over;
  assert.equal(await status(games.live, headers), 401);
}

const server = new AltisServer(process.argv[2]);
try {
  await server.start();
  const games = new Games(server);
  await games.found();
  const first = await overSocket(games);
  const events = await overEvents(games.feed, games.headers);
  const plain = [
    await overSocket(games, new Follower(), { perMessageDeflate: false }),
    await overEvents(games.feed, { ...games.headers, 'accept-encoding': 'identity' })];
  assert.equal(first.socket.extensions, 'permessage-deflate');
  assert.equal(plain[0].socket.extensions, '');
  assert.deepEqual([events.coding, plain[1].coding], ['gzip', null]);
  for (let version = 1; version <= 8; ++version) await games.send(result(version, version));
  const version = (follower) => follower.units.get(UNIT)?.version;
  await until('the socket has all', () => version(first.follower) === 8);
  await until('the events have all', () => version(events.follower) === 8);
  for (const { follower } of plain) await until('so have these', () => version(follower) === 8);
  for (const { follower } of [events, ...plain])
    assert.deepEqual([...first.follower.units], [...follower.units]);
  plain[0].socket.terminate();
  await plain[1].stop();
  const shown = first.follower.units.get(UNIT).document;
  assert.equal(shown.order.length, 8);
  assert.equal(shown.lines[shown.order[0]].members[0].given_name, 'Zoë 7');
  console.log('ok  ws and fetch have the same documents, packed and not, with the hashes that they computed');

  first.socket.send('x'.repeat(2000)); // which ws packs, and nobody hears
  first.socket.ping('are you there');
  const [payload] = await once(first.socket, 'pong');
  assert.equal(payload.toString(), 'are you there');
  first.socket.close(1000);
  const [code] = await once(first.socket, 'close');
  assert.equal(code, 1000);
  await games.send(result(9, 9));
  const second = await overSocket(games, first.follower);
  await until('the one that came back has all', () => version(second.follower) === 9);
  assert.deepEqual(second.follower.types, ['delta']);
  console.log('ok  ping, close, and resuming over a WebSocket');

  await wholeDiscipline(games, server);
  await until('the grant shows it too', () => version(second.follower) === 10);
  console.log('ok  a discipline whole, for as long as the key holds');

  const stranger = new WebSocket(games.feed.replace('http', 'ws'));
  const [, refusal] = await once(stranger, 'unexpected-response');
  assert.equal(refusal.statusCode, 401);
  await server.ask('DELETE', '/v1/feed-grants/reader', games.writer);
  const [ended] = await once(second.socket, 'close');
  assert.equal(ended, 1008);
  await events.stop();
  console.log('ok  nobody without a key, nothing after the grant');
  assert.equal(await server.stop(), 0);
} finally {
  server.process.kill('SIGKILL');
  server.remove();
}
process.exit(0);
