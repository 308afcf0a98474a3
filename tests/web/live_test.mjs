// The pages that an edition shows to everybody: nothing without a public grant and nothing after it,
// caching, hostile names, and in Chromium (where there is one) live updates, proofs, the keyboard.
//
// usage: node live_test.mjs ALTIS        (ALTIS_SHOTS=FOLDER keeps screenshots)
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { Browser, findBrowser } from './browser.mjs';
import { EDITION, Games, UNIT } from './games.mjs';

const MEN = 'FSKMSINGLES-----------FNL-000100--';
const MAX_PAGE_BYTES = 15_000; // in gzip, with everything that it loads
const ALL = ['results', 'splits', 'start_list', 'members', 'biographic', 'medals', 'proof'];
const HOSTILE = '<img src=x onerror=alert(1)>"\'&amp;</bdi></main>';
const LINES = [
  { code: '101', given: 'Ami', family: 'Ito', result: '226.79' },
  { code: '102', given: 'ليلى', family: 'الحسن', organisation: 'MAR', result: '219.16' },
  { code: '103', given: '\u202Eevil', family: HOSTILE, organisation: 'USA', result: '217.02' },
  { code: '104', given: 'x'.repeat(900), family: 'y', organisation: 'KOR', result: '188.10' },
  { code: '105', given: 'Late', family: 'Starter', organisation: 'FRA', irm: 'DNS' },
];

const games = new Games(process.argv[2]);
const path = (rest = '') => `/live/${EDITION}${rest}`;
const unitPath = path(`/units/${UNIT}`);

// Without a key; the body as it came over the wire.
function get(where, headers = {}) {
  return new Promise((resolve, reject) => {
    http.get(games.server.url + where, { headers }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers,
        bytes: Buffer.concat(chunks), text: Buffer.concat(chunks).toString() }));
    }).on('error', reject);
  });
}

const status = async (where) => (await get(where)).status;

// Pages follow the feed's thread: they may need a moment.
async function eventually(what, is) {
  for (let i = 0; i < 200; ++i) {
    if (await is()) return;
    await sleep(20);
  }
  throw new Error(`not in time: ${what}`);
}

const grant = (changes = {}, edition = EDITION) =>
  games.server.ask('PUT', `/v1/feed-grants/public:${edition}`, games.owner, { edition: EDITION,
    units: [''], fields: ALL, delay_ms: 0, purpose: 'app', until: '2036-01-01T00:00:00Z', ...changes });

async function nothingWithoutAGrant() {
  for (const where of [path(), path('.json'), path('/medals'), unitPath, path('/athletes/101'),
    path('/changes'), path('/feed'), path(`/proofs/${UNIT}/1.json`), '/live/log/key',
    '/live/log/checkpoint', '/live/log/consistency?from=1', '/live/log/tiles/0/0', '/live/none']) {
    assert.equal(await status(where), 404, where);
  }
  await assert.rejects(grant({}, 'og2028'), /feed\.bad_public/);
}

async function cached() {
  const plain = await get(unitPath);
  assert.equal(plain.status, 200, plain.text);
  assert.match(plain.headers.etag, /^"[0-9a-f]{24}"$/);
  assert.match(plain.headers['cache-control'], /^public, max-age=1,/);
  assert.match(plain.headers['content-security-policy'], /default-src 'none'; script-src 'self';/);
  const packed = await get(unitPath, { 'accept-encoding': 'gzip' });
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.notEqual(packed.headers.etag, plain.headers.etag);
  assert.equal(gunzipSync(packed.bytes).toString(), plain.text);
  for (const [tag, how] of [[plain.headers.etag, {}], [packed.headers.etag, { 'accept-encoding': 'gzip' }]]) {
    const again = await get(unitPath, { 'if-none-match': tag, ...how });
    assert.deepEqual([again.status, again.bytes.length, again.headers.etag], [304, 0, tag]);
  }
  const links = [...plain.text.matchAll(/"(\/live\/assets\/[^"]+)"/g)].map(([, link]) => link);
  assert.equal(links.length, 2);
  let bytes = packed.bytes.length;
  for (const link of links) {
    const file = await get(link, { 'accept-encoding': 'gzip' });
    assert.match(file.headers['cache-control'], /immutable/);
    bytes += file.bytes.length;
  }
  assert.ok(bytes < MAX_PAGE_BYTES, `${bytes} bytes`);
  console.log(`ok  caching; a unit and all that it loads: ${bytes} bytes in gzip`);
  return plain.headers.etag;
}

async function pagesAndData() {
  const page = (await get(unitPath)).text;
  assert.ok(!page.includes('<img'), 'markup of a name');
  assert.ok(!/<script(?![^>]* src=)/.test(page) && !/ on\w+="/.test(page), 'an inline script');
  assert.ok(page.includes('&lt;img src=x onerror=alert(1)&gt;'));
  const data = JSON.parse((await get(`${unitPath}.json`)).text);
  assert.equal(data.document.lines['101'].result, '226.79');
  assert.equal(data.proof, path(`/proofs/${UNIT}/2.json`));
  const schedule = JSON.parse((await get(path('.json'))).text);
  assert.deepEqual(schedule.units.map(({ unit, status: state }) => [unit, state]),
    [[MEN, undefined], [UNIT, 'OFFICIAL']]);
  assert.equal(await status(path('/days/2026-02-13')), 200);
  assert.equal(await status(path('/days/2026-02-14')), 404);
  const table = JSON.parse((await get(path('/medals.json'))).text);
  assert.deepEqual(table.items.map(({ organisation, total }) => [organisation, total]),
    [['JPN', 1], ['MAR', 1], ['USA', 1]]);
  const athlete = JSON.parse((await get(path('/athletes/101.json'))).text);
  assert.equal(athlete.name, 'Ami Ito');
  assert.deepEqual(athlete.results.map(({ rank, medal }) => [rank, medal]), [[1, 'gold']]);
  assert.equal(await status(path('/athletes/999')), 404);
  assert.equal(await status(path('/nothing')), 404);
  assert.equal(await status(path(`/proofs/${UNIT}/1.json`)), 404, 'of a version that is not shown');
  console.log('ok  pages and their data');
}

async function onlyWhatIsGranted(before) {
  await grant({ fields: ['results'], units: ['FSKW'] });
  await eventually('the page without names', async () => {
    const { status, text } = await get(unitPath); // 429 while the pages are made anew
    return status === 200 && !text.includes('Ito');
  });
  const page = await get(unitPath);
  assert.equal(page.status, 200);
  assert.notEqual(page.headers.etag, before);
  assert.ok(page.text.includes('226.79'));
  assert.ok(!page.text.includes('proof') && !page.text.includes('medal'));
  assert.equal(await status(path('/medals')), 404);
  assert.equal(await status('/live/log/key'), 404);
  assert.equal(await status(path(`/proofs/${UNIT}/2.json`)), 404);
  assert.ok(!(await get(path())).text.includes(MEN));
  console.log('ok  only what the grant shows');
}

async function inABrowser(program) {
  const browser = new Browser(program);
  const shot = async (name) => {
    const folder = process.env.ALTIS_SHOTS;
    if (folder) writeFileSync(join(folder, `${name}.png`), await browser.screenshot());
  };
  const url = games.server.url + unitPath;
  const live = "document.querySelector('#live')?.textContent.startsWith('Live')";
  const badge = (state) => `document.querySelector('#proof')?.className === '${state}'`;
  try {
    await browser.open(url, { scripts: false });
    await browser.until("document.querySelectorAll('[data-line]').length === 5");
    await shot('no-scripts');
    await browser.open(url);
    await browser.until(`${live} && ${badge('holds')}`);
    assert.match(await browser.evaluate("document.querySelector('#proof').textContent"),
      /version 2 is entry 1 of the signed log altis\//);
    await shot('unit');
    await browser.evaluate("document.querySelector('main a').focus()");
    await games.result(3, [{ ...LINES[1], result: '229.00' }, LINES[0], ...LINES.slice(2)],
      { status: 'OFFICIAL', note: 'Review of the second element' });
    await browser.until(
      `document.querySelector('[data-line]').dataset.line === '102' && ${badge('holds')}`);
    assert.match(await browser.evaluate("document.querySelector('#live').textContent"), /^Updated/);
    assert.match(await browser.evaluate('document.activeElement.href'), /athletes\/101$/);
    assert.ok(await browser.evaluate("document.body.innerText.includes('Review of the second')"));
    console.log('ok  Chromium: live, verified, focus kept; without scripts, too');

    // Somebody between changes what the page says, and leaves the proof. Until it is named: the page
    // may be made fresh meanwhile, and is right again.
    let lies = 0;
    const isNamed = async () => {
      await browser.evaluate(`(() => { document.querySelector('.result').textContent = '230.00';
        const script = document.querySelector('script');
        return import(script.src + '?again${++lies}'); })()`);
      // Not again soon: each time the page opens one more stream, and Chromium has six for a server.
      for (let i = 0; i < 40; ++i) {
        if (await browser.evaluate(badge('fails'))) return true;
        await sleep(100);
      }
      return false;
    };
    await eventually('the lie is named', isNamed);
    assert.match(await browser.evaluate("document.querySelector('#proof').textContent"),
      /something else of 102 .*page\.differs/);
    await shot('differs');
    console.log('ok  Chromium: a page that says something else than the log is named');

    await browser.open(games.server.url + path(), { width: 390, dark: true });
    await browser.until(live);
    assert.ok(await browser.evaluate(
      'document.documentElement.scrollWidth <= document.documentElement.clientWidth'), 'it overflows');
    await browser.press('Tab');
    assert.equal(await browser.evaluate('document.activeElement.className'), 'skip');
    await shot('schedule-dark');
    await browser.open(games.server.url + path('/medals'));
    await browser.until(live);
    await shot('medals');
    assert.deepEqual(browser.messages, []);
  } finally {
    await browser.close();
  }
}

// After a restart it is as before; after the grant there is nothing.
async function untilTheEnd() {
  await games.server.kill();
  await games.server.start();
  await eventually('the pages after a restart', async () => await status(unitPath) === 200);
  assert.equal(JSON.parse((await get(`${unitPath}.json`)).text).document.lines['101'].result, '226.79');
  const changes = await fetch(games.server.url + path('/changes'));
  const read = changes.body.getReader();
  await games.result(9, LINES, { status: 'OFFICIAL', note: 'Again' });
  let told = '';
  while (!told.includes(`"unit":"${UNIT}","version":9`)) {
    const { value, done } = await read.read();
    assert.ok(!done, told);
    told += new TextDecoder().decode(value);
  }
  await games.server.ask('DELETE', `/v1/feed-grants/public:${EDITION}`, games.owner);
  assert.equal(await status(unitPath), 404);
  while (!(await read.read()).done);
  console.log('ok  after a restart; nothing after the grant');
}

try {
  await games.found();
  await games.schedule([{ code: UNIT, name: 'Free Skating', medal: 1, start: '2026-02-19T19:00:00+01:00' },
    { code: MEN, name: 'Men', medal: 1, start: '2026-02-13T19:00:00+01:00' }]);
  await games.result(1, LINES.slice(0, 2));
  await games.result(2, LINES, { status: 'OFFICIAL' });
  await nothingWithoutAGrant();
  console.log('ok  nothing without a grant');
  await grant();
  await eventually('the first page', async () => await status(unitPath) === 200);
  await eventually('the schedule', async () => await status(path()) === 200);
  const before = await cached();
  await pagesAndData();
  const program = findBrowser();
  if (program) await inABrowser(program);
  else console.log("no browser: there is no chromium; install Debian's chromium");
  await onlyWhatIsGranted(before);
  await untilTheEnd();
  assert.equal(await games.server.stop(), 0);
} finally {
  games.server.process.kill('SIGKILL');
  games.server.remove();
}
process.exit(0);
