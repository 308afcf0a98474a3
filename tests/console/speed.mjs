// How fast the console is: bytes and time of the first load, frames while 5,000 cells change, and
// the heap after a long stream.
import assert from 'node:assert/strict';
import { cpus, loadavg } from 'node:os';
import { gzipSync } from 'node:zlib';
import { ChangingUnit, FeedPlayer, played, playedOn } from './feed_player.mjs';
import { shoot } from './tasks.mjs';

const kMaxFirstLoad = 80_000; // bytes in gzip, everything that the first page loads
const kRows = 1250; // of four cells
const kVersionMs = 100;
const kWatchedMs = 5000;
const kMaxBusyMs = 12; // of the 16.7 ms that a frame lasts
const kMinFrames = 58;
const kMaxGrowth = 0.05; // in ten minutes
const kMaxGrowthAtFirst = 0.1; // in less
// In which what runs often is compiled, and the browser's own lists fill
const kMostSettleMs = 60_000;
const kTenMinutes = 600; // in seconds
const kLooks = 5;
const kKeptRows = 300;
const kKeptVersionMs = 50;

export async function firstLoad(browser, url, key) {
  const page = await (await browser.newContext()).newPage();
  await page.addInitScript((secret) => {
    sessionStorage.setItem('altis-key', secret);
  }, key);
  const files = new Map();
  page.on('response', async (response) => {
    if (response.request().resourceType() !== 'fetch' && response.ok())
      files.set(response.url(), await response.body().catch(() => Buffer.alloc(0)));
  });
  const begin = performance.now();
  await page.goto(`${url}/console`);
  await page.locator('.figures dd').first().waitFor();
  const usable = Math.round(performance.now() - begin);
  await page.waitForTimeout(300);
  const bytes = [...files.values()].reduce((sum, body) => sum + gzipSync(body).length, 0);
  console.log(
    `first load: ${bytes} bytes in gzip, ${files.size} files; the first figures after ${usable} ms`,
  );
  assert.ok(bytes <= kMaxFirstLoad, `${bytes}`);
  await page.close();
}

// Frames, and what the page's own thread works for each: processor time, which other programs do
// not lengthen.
async function watchFrames(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () =>
    (await session.send('Performance.getMetrics')).metrics.find(
      ({ name }) => name === 'TaskDuration',
    ).value;
  const before = await worked();
  const gaps = await page.evaluate(
    (forMs) =>
      new Promise((done) => {
        const seen = [];
        const begin = performance.now();
        let last = begin;
        const frame = (now) => {
          seen.push(now - last);
          last = now;
          if (now - begin < forMs) requestAnimationFrame(frame);
          else done(seen);
        };
        requestAnimationFrame(frame);
      }),
    kWatchedMs,
  );
  const busyMs = (((await worked()) - before) * 1000) / gaps.length;
  await session.detach();
  return {
    rate: (gaps.length * 1000) / gaps.reduce((sum, gap) => sum + gap, 0),
    worst: Math.max(...gaps),
    busyMs,
  };
}

const kScreens = { list: { width: 1440, height: 900 }, board: { width: 2560, height: 1600 } };

// A result list of 1,250 competitors whose 5,000 cells all change with each version, ten a second,
// by the feed: scrolled as a list, and on a large screen where every one of them is in sight.
export async function frames(browser, url, key) {
  const player = new FeedPlayer(url);
  const at = await player.listen();
  for (const [how, viewport] of Object.entries(kScreens)) {
    player.play = played(
      new ChangingUnit('SPEED0001', kRows),
      (kWatchedMs + 5000) / kVersionMs,
      kVersionMs,
    );
    const context = await browser.newContext({ viewport });
    const page = await context.newPage();
    await page.addInitScript((secret) => {
      sessionStorage.setItem('altis-key', secret);
    }, key);
    await page.goto(`${at}/console#/results/SPEED0001${how === 'board' ? '/board' : ''}`);
    await page.locator('.grid canvas').waitFor();
    await page.locator('[data-state=live]').waitFor();
    await page.waitForTimeout(1000);
    const seen = player.told;
    const { rate, worst, busyMs } = await watchFrames(page);
    const versions = player.told - seen;
    console.log(
      `frames, ${how}: ${rate.toFixed(1)} a second while ${kRows * 4} cells changed ` +
        `${versions} times; the longest ${worst.toFixed(0)} ms; ` +
        `the page worked ${busyMs.toFixed(1)} ms for each; ` +
        `${loadavg()[0].toFixed(1)} programs wanted ${cpus().length} processors`,
    );
    assert.ok(versions > kWatchedMs / kVersionMs / 2, 'the cells change');
    assert.ok(busyMs < kMaxBusyMs, 'the page works longer than a frame lasts');
    if (loadavg()[0] < cpus().length)
      assert.ok(rate > kMinFrames, 'the frames are too few on an idle machine');
    await shoot(page, `results-${how}`);
    await theTableInstead(page);
    await context.close();
  }
  player.close();
}

// What a canvas shows can be had as text.
async function theTableInstead(page) {
  const words = await page.locator('.grid canvas').getAttribute('aria-label');
  assert.match(words, /1,250 competitors\. First: Competitor \d+, \d+\./);
  await page.getByRole('button', { name: 'As a table' }).click();
  await page.getByRole('row').nth(kRows).waitFor();
}

// What a page and its workers keep: the least of some looks, as now and then a message is on its
// way. `data` is without the code that the browser compiles as long as the page runs.
async function kept(page) {
  const looks = [];
  for (let look = 0; look < kLooks; ++look) looks.push(await heaps(page));
  const whole = Math.min(...looks);
  return { whole, data: whole - (await compiledCode(page)) };
}

// Bytes of compiled code in a page's heap.
async function compiledCode(page) {
  const session = await page.context().newCDPSession(page);
  let text = '';
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => {
    text += chunk;
  });
  await session.send('HeapProfiler.takeHeapSnapshot');
  await session.detach();
  const { snapshot, nodes } = JSON.parse(text);
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, size] = [fields.indexOf('type'), fields.indexOf('self_size')];
  const code = types[0].indexOf('code');
  let bytes = 0;
  for (let node = 0; node < nodes.length; node += fields.length) {
    if (nodes[node + type] === code) bytes += nodes[node + size];
  }
  return bytes;
}

// The heaps of a page and of its workers, after what is garbage went.
async function heaps(page) {
  const session = await page.context().newCDPSession(page);
  const ask = async (method) => [
    await session.send(method),
    ...(await askWorkers(session, method)),
  ];
  await ask('HeapProfiler.collectGarbage');
  const used = (await ask('Runtime.getHeapUsage')).reduce((sum, { usedSize }) => sum + usedSize, 0);
  await session.detach();
  return used;
}

async function askWorkers(session, method) {
  const workers = [];
  const answers = [];
  session.on('Target.attachedToTarget', ({ sessionId }) => workers.push(sessionId));
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const answer = JSON.parse(message);
    if ('id' in answer) answers.push(answer);
  });
  await session.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  for (const [id, sessionId] of workers.entries())
    await session.send('Target.sendMessageToTarget', {
      sessionId,
      message: JSON.stringify({ id, method }),
    });
  while (answers.length < workers.length) await new Promise((wake) => setTimeout(wake, 10));
  await session.send('Target.setAutoAttach', {
    autoAttach: false,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  session.removeAllListeners('Target.attachedToTarget');
  session.removeAllListeners('Target.receivedMessageFromTarget');
  return answers.map(({ result }) => result);
}

// Watches a page for so long: what it and its workers keep must not grow.
async function keepsLittle(page, seconds, what, told) {
  await page.waitForTimeout(Math.min(kMostSettleMs, seconds * 500));
  const [start, before] = [await kept(page), told()];
  await page.waitForTimeout(seconds * 1000);
  const end = await kept(page);
  const growth = end.data / start.data - 1;
  const megabytes = ({ whole, data }) =>
    `${(data / 1e6).toFixed(2)} MB and ${((whole - data) / 1e6).toFixed(2)} MB of compiled code`;
  console.log(
    `heap, ${what}: ${megabytes(start)}, after ${told() - before} more in ${seconds} s ` +
      `${megabytes(end)} (${(growth * 100).toFixed(1)} %, with the code ` +
      `${((end.whole / start.whole - 1) * 100).toFixed(1)} %)`,
  );
  assert.ok(told() > before, 'something is told');
  assert.ok(growth <= (seconds >= kTenMinutes ? kMaxGrowth : kMaxGrowthAtFirst), 'the heap grows');
}

// A stream of many events, as a day of the Games at speed, and a result list that changes twenty
// times a second.
export async function heap(browser, url, key, seconds) {
  const player = new FeedPlayer(url);
  player.play = playedOn(new ChangingUnit('SPEED0001', kKeptRows), kKeptVersionMs);
  const at = await player.listen();
  let sent = 0;
  const block = () =>
    Array.from(
      { length: 2000 },
      () =>
        `id: ${++sent}\nevent: unit\ndata: {"unit":"U${sent % 500}","name":"unit ${sent}",` +
        '"status":"LIVE"}\n\n',
    ).join('');
  const open = async (place) => {
    const page = await (await browser.newContext()).newPage();
    await page.addInitScript((secret) => {
      sessionStorage.setItem('altis-key', secret);
    }, key);
    await page.goto(`${at}/console#/${place}`);
    return page;
  };
  const story = await open('story');
  await story.route('**/v1/results/stream', (route) =>
    route.fulfill({ contentType: 'text/event-stream', body: block() }),
  );
  const results = await open('results/SPEED0001');
  await results.locator('[data-state=live]').waitFor();
  await Promise.all([
    keepsLittle(story, seconds, 'events', () => sent),
    keepsLittle(results, seconds, 'versions', () => player.told),
  ]);
  for (const page of [story, results]) await page.context().close();
  player.close();
}
