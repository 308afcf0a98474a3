// How fast the console is: bytes and time of the first load, frames while 5,000 cells change, and the heap after a long stream.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { open } from './tasks.mjs';

const kMaxFirstLoad = 80_000; // bytes in gzip, everything that the first page loads
const kRows = 1250; // of four cells
const kWatchedMs = 5000;
const kMaxGrowth = 1.05;

export async function firstLoad(browser, url, key) {
  const page = await (await browser.newContext()).newPage();
  await page.addInitScript((secret) => { sessionStorage.setItem('altis-key', secret); }, key);
  const files = new Map();
  page.on('response', async (response) => {
    if (response.request().resourceType() !== 'fetch' && response.ok()) files.set(response.url(), await response.body().catch(() => Buffer.alloc(0)));
  });
  const begin = performance.now();
  await page.goto(`${url}/console`);
  await page.locator('.figures dd').first().waitFor();
  const usable = Math.round(performance.now() - begin);
  await page.waitForTimeout(300);
  const bytes = [...files.values()].reduce((sum, body) => sum + gzipSync(body).length, 0);
  console.log(`first load: ${bytes} bytes in gzip, ${files.size} files; the first figures after ${usable} ms`);
  assert.ok(bytes <= kMaxFirstLoad, `${bytes}`);
  await page.close();
}

const unitAt = (turn) => ({
  unit: 'SPEED', edition: 'owg2026', name: 'speed', status: 'LIVE', version: turn, known_at: new Date(0).toISOString(), offset: 1,
  lines: Array.from({ length: kRows }, (_, at) => ({
    competitor: `${at}`, organisation: `N${(at + turn) % 90}`, rank: ((at + turn) % kRows) + 1, result: `${(at * 7 + turn * 13) % 30_000}`, name: `competitor ${at} ${turn}` })),
});

export async function frames(page) {
  let turn = 0;
  const first = unitAt(0);
  await page.route('**/v1/results/units', (route) => route.fulfill({ json: { items: [{ ...first, lines: undefined }] } }));
  await page.route('**/v1/results/units/*', (route) => route.fulfill({ json: unitAt(++turn) }));
  await open(page, 'results/SPEED');
  await page.getByText('competitor 0 ').first().waitFor();
  const seen = turn;
  const told = await page.evaluate((forMs) => new Promise((done) => {
    const gaps = [];
    let last = performance.now();
    const begin = last;
    const frame = (now) => {
      gaps.push(now - last);
      last = now;
      if (now - begin < forMs) requestAnimationFrame(frame);
      else done({ count: gaps.length, worst: Math.max(...gaps), seconds: (now - begin) / 1000 });
    };
    requestAnimationFrame(frame);
  }), kWatchedMs);
  console.log(`frames: ${(told.count / told.seconds).toFixed(1)} a second while ${kRows * 4} cells changed ${turn - seen} times; the longest ${told.worst.toFixed(0)} ms`);
  assert.ok(turn > seen + 2, 'the cells change');
  await page.unroute('**/v1/results/units');
  await page.unroute('**/v1/results/units/*');
}

// A stream of many events, as a day of the Games at speed: what it leaves on the heap.
export async function heap(page, seconds) {
  let sent = 0;
  const block = () => Array.from({ length: 2000 }, () => `id: ${++sent}\nevent: unit\ndata: {"unit":"U${sent % 500}","name":"unit ${sent}","status":"LIVE"}\n\n`).join('');
  await page.route('**/v1/results/stream', (route) => route.fulfill({ contentType: 'text/event-stream', body: block() }));
  await open(page, 'story');
  const session = await page.context().newCDPSession(page);
  const used = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize;
  };
  await page.waitForTimeout(5000);
  const [start, before] = [await used(), sent];
  await page.waitForTimeout(seconds * 1000);
  const end = await used();
  console.log(`heap: ${(start / 1e6).toFixed(2)} MB, after ${sent - before} more events in ${seconds} s ${(end / 1e6).toFixed(2)} MB (${((end / start - 1) * 100).toFixed(1)} %)`);
  assert.ok(end <= start * kMaxGrowth, 'the heap grows');
  await page.unroute('**/v1/results/stream');
}
