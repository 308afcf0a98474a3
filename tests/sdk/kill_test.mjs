// SIGKILL while the unmodified clients send: what was acknowledged is stored, nothing is doubled.
//
// usage: node kill_test.mjs ALTIS [KILLS] [--rows]
//   --rows  print what came of it as rows of a benchmark, one JSON object a line
import { setTimeout as sleep } from 'node:timers/promises';
import { AltisServer } from './altis_server.mjs';
import { CLIENTS } from './clients.mjs';
import { RecordingProxy } from './recording_proxy.mjs';

const DEFAULT_KILLS = process.env.ALTIS_QUICK ? 5 : 20;  // quick: under sanitizers
const PAUSE_MS = [20, 400];      // between a start and the next kill
const MAX_UNANSWERED = 200;      // events of one client, so that its own queue never overflows
const SEND_EVERY_MS = 4;
const EVENTS_AT_ONCE = 5;
const SILENCE_MS = 8_000;
const MAX_RESTART_MS = 1000;

// One client that sends until it is told to stop.
class Sender {
  constructor(client) {
    this.client = client;
    this.calls = 0;
  }

  async open(server) {
    this.proxy = new RecordingProxy(server.port);
    this.sdk = this.client.create(await this.proxy.listen(), server.ingestKey);
  }

  async run(state) {
    while (!state.stopping) {
      const unanswered = this.calls - this.proxy.acknowledged.size;
      for (let i = 0; i < EVENTS_AT_ONCE && unanswered < MAX_UNANSWERED; ++i) {
        this.sdk.send(this.calls++);
      }
      if (unanswered >= MAX_UNANSWERED) this.sdk.nudge?.();
      await sleep(SEND_EVERY_MS);
    }
    // Until everything is acknowledged, or nothing comes any more: a client may have dropped some.
    let known = -1;
    let lastNews = performance.now();
    while (known < this.calls && performance.now() - lastNews < SILENCE_MS) {
      await Promise.race([this.sdk.finish(), sleep(SILENCE_MS)]);
      await sleep(50);
      if (this.proxy.acknowledged.size > known) lastNews = performance.now();
      known = this.proxy.acknowledged.size;
    }
    this.proxy.close();
  }

  // Lost: acknowledged and not stored.
  result(stored) {
    const { sent, acknowledged } = this.proxy;
    const lost = [...acknowledged].filter((id) => !stored.has(id)).length;
    const doubled = [...sent.keys()].filter((id) => stored.get(id) > 1).length;
    const copies = [...sent.values()].reduce((sum, times) => sum + times, 0) - sent.size;
    return { client: this.client.name, events: this.calls, acknowledged: acknowledged.size, copies,
      givenUp: this.calls - acknowledged.size, lost, doubled };
  }
}

async function killAndRestart(server, kills) {
  const restarts = [];
  for (let i = 0; i < kills; ++i) {
    await sleep(PAUSE_MS[0] + Math.random() * (PAUSE_MS[1] - PAUSE_MS[0]));
    await server.kill();
    restarts.push({ wall: await server.start(), cpu: server.cpuMs() });
  }
  return restarts;
}

function spread(values) {
  const sorted = values.map(Math.round).sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], most: sorted[sorted.length - 1] };
}

function printTable(kills, results, outcome) {
  console.table(results);
  console.log(`${kills} kills, ${outcome.acknowledged} events acknowledged, ` +
    `${outcome.lost} lost, ${outcome.doubled} doubled, ${outcome.strange} never sent, ${outcome.givenUp} given up; ` +
    `restart in ${outcome.restartMs.median} to ${outcome.restartMs.most} ms (median, slowest), ` +
    `${outcome.restartCpuMs.median} to ${outcome.restartCpuMs.most} ms of it CPU`);
}

function printRows(kills, outcome) {
  const row = (what, value, unit, bar = null, met = null) => console.log(JSON.stringify(
    { what, value, unit, peer: null, peer_value: null, ratio: null, bar, met }));
  row(`${kills} kills: events acknowledged`, outcome.acknowledged, 'events');
  row('sent again by the clients', outcome.copies, 'events');
  row('acknowledged and lost', outcome.lost, 'events', '0', outcome.lost === 0);
  row('stored twice', outcome.doubled, 'events', '0', outcome.doubled === 0);
  row('stored and never sent', outcome.strange, 'events', '0', outcome.strange === 0);
  row('given up by the clients', outcome.givenUp, 'events');
  row('restart until the first answer, median', outcome.restartMs.median, 'ms');
  row('restart until the first answer, slowest', outcome.restartMs.most, 'ms',
    `<= ${MAX_RESTART_MS}`, outcome.restartMs.most <= MAX_RESTART_MS);
  row('of it CPU, slowest', outcome.restartCpuMs.most, 'ms');
}

const asRows = process.argv.includes('--rows');
const kills = Number(process.argv.slice(3).find((word) => /^\d+$/.test(word)) ?? DEFAULT_KILLS);
const server = new AltisServer(process.argv[2]);
let failed = false;
try {
  await server.start();
  await server.foundGames();
  const senders = CLIENTS.filter((client) => client.resends).map((client) => new Sender(client));
  await Promise.all(senders.map((sender) => sender.open(server)));
  const state = { stopping: false };
  const running = senders.map((sender) => sender.run(state));
  const restarts = await killAndRestart(server, kills).finally(() => { state.stopping = true; });
  await Promise.all(running);
  await server.stop();

  const stored = server.storedIds();
  const results = senders.map((sender) => sender.result(stored));
  const sent = new Set(senders.flatMap((sender) => [...sender.proxy.sent.keys()]));
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const outcome = {
    acknowledged: sum('acknowledged'), lost: sum('lost'), doubled: sum('doubled'),
    copies: sum('copies'), givenUp: sum('givenUp'),
    strange: [...stored.keys()].filter((id) => !sent.has(id)).length,
    restartMs: spread(restarts.map((restart) => restart.wall)),
    restartCpuMs: spread(restarts.map((restart) => restart.cpu)),
  };
  failed = outcome.lost + outcome.doubled + outcome.strange > 0 || outcome.copies === 0 ||
    results.some((result) => result.acknowledged < kills);
  if (asRows) printRows(kills, outcome);
  else printTable(kills, results, outcome);
} finally {
  server.process.kill('SIGKILL');
  server.remove();
}
process.exit(failed ? 1 : 0);
