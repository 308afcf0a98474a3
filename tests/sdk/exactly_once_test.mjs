// The unmodified clients send to a real server: every event is stored exactly once, also when the
// server refuses, connections break and answers are lost.
//
// usage: node exactly_once_test.mjs ALTIS
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AltisServer, assertStoredOnce } from './altis_server.mjs';
import { CLIENTS, segmentInBulk } from './clients.mjs';
import { PASS, REFUSE, RESET, RecordingProxy, SWALLOW } from './recording_proxy.mjs';

const EVENTS = 60;
const BULK_EVENTS = 1000;  // 20 MB
const PAUSE_EVERY = 10;
const FLUSHES = 200;
const MAX_CONNECTIONS = 1024;  // src/server/limits.h

function check(condition, message) {
  if (!condition) throw new Error(message);
}

// Sends events with one client through a proxy; gives the ids that the proxy saw.
async function drive(server, client, fate, events = EVENTS) {
  const proxy = new RecordingProxy(server.port, fate);
  const sender = client.create(await proxy.listen(), server.ingestKey);
  for (let n = 0; n < events; ++n) {
    sender.send(n);
    if (n % PAUSE_EVERY === PAUSE_EVERY - 1) await sleep(5);
  }
  await sender.finish();
  // Some clients come back to what failed with their next event or flush only.
  for (let i = 0; i < FLUSHES && proxy.acknowledged.size < events; ++i) {
    await sleep(50);
    await sender.finish();
  }
  proxy.close();
  check(proxy.sent.size === events, `${client.name}: ${proxy.sent.size} of ${events} were sent`);
  check(proxy.acknowledged.size === events,
    `${client.name}: ${proxy.acknowledged.size} of ${events} were acknowledged`);
  const copies = [...proxy.sent.values()].reduce((sum, times) => sum + times, 0) - events;
  const { statuses, requests } = proxy;
  return { ids: [...proxy.sent.keys()], copies, statuses, requests };
}

// One request in three meets a trouble, each in turn; never twice in a row.
function troubles() {
  const list = [SWALLOW, RESET, REFUSE];
  return (number) => (number % 3 === 1 ? list[Math.floor(number / 3) % list.length] : PASS);
}

// Takes all connections that the server grants, so that it refuses the next with 429.
async function occupy(server) {
  const sockets = [];
  for (let i = 0; i < MAX_CONNECTIONS; ++i) {
    const socket = net.connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    sockets.push(socket);
  }
  await sleep(500);
  return () => sockets.forEach((socket) => socket.destroy());
}

async function quiet(server) {
  const ids = [];
  for (const client of CLIENTS) {
    const run = await drive(server, client);
    check(run.copies === 0, `${client.name}: sent ${run.copies} events again without a reason`);
    ids.push(...run.ids);
    console.log(`ok  ${client.name}: ${EVENTS} events`);
  }
  const bulk = await drive(server, segmentInBulk(BULK_EVENTS), undefined, BULK_EVENTS);
  check(bulk.requests === 1, `the bulk came in ${bulk.requests} requests`);
  console.log(`ok  segment: ${BULK_EVENTS} events of 20 KB in one request`);
  return [...ids, ...bulk.ids];
}

async function rough(server) {
  const ids = [];
  const runs = CLIENTS.filter((client) => client.resends).map(async (client) => {
    const run = await drive(server, client, troubles());
    check(run.copies > 0, `${client.name}: no event was sent twice, so nothing was proved`);
    ids.push(...run.ids);
    console.log(`ok  ${client.name}: ${EVENTS} events and ${run.copies} copies, refused, cut off`);
  });
  await Promise.all(runs);
  return ids;
}

// Real refusals: the server has no connection left for a while.
async function crowded(server) {
  const ids = [];
  const release = await occupy(server);
  const probe = await fetch(`${server.url}/healthz`).then((answer) => answer, () => null);
  check(probe?.status === 429, `a crowded server answers ${probe?.status}, not 429`);
  check(Number(probe.headers.get('retry-after')) >= 1, 'a refusal says no Retry-After');
  setTimeout(release, 1500);
  const runs = CLIENTS.filter((client) => client.resends).map(async (client) => {
    const run = await drive(server, client);
    check(run.statuses.get(429) > 0, `${client.name}: met no 429, so nothing was proved`);
    ids.push(...run.ids);
    console.log(`ok  ${client.name}: ${EVENTS} events, ${run.statuses.get(429)} times told 429`);
  });
  await Promise.all(runs);
  return ids;
}

const server = new AltisServer(process.argv[2]);
try {
  await server.start();
  await server.foundGames();
  const sent = [...await quiet(server), ...await rough(server), ...await crowded(server)];
  const stats = await server.ask('GET', '/v1/fans/stats', server.readKey);
  check(stats.events === sent.length, `the fans' book counts ${stats.events} of ${sent.length}`);
  check(await server.stop() === 0, `altis ended badly: ${server.log()}`);
  assertStoredOnce(sent, server.storedIds());
  check(server.count('fans.rejected') === 0, 'an event of a client was refused');
  console.log(`ok  ${sent.length} events, each stored once`);
} finally {
  server.process.kill('SIGKILL');
  server.remove();
}
process.exit(0);
