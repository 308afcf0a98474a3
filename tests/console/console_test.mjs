// The console in Chromium on the data of a demo: people's tasks by keyboard and mouse, axe-core on every page in light and
// dark, hostile texts, and the rule that no other origin is asked.
//
// usage: node console_test.mjs ALTIS NODE_MODULES     (ALTIS_SHOTS=FOLDER keeps a screenshot of every page)
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findBrowser } from '../web/browser.mjs';
import { ownPage } from './fan_page.mjs';
import { liveResults, twoPeople } from './live_results.mjs';
import { firstLoad, frames, heap } from './speed.mjs';
import * as tasks from './tasks.mjs';
import { open } from './tasks.mjs';

const [altis, modules] = process.argv.slice(2);
const require = createRequire(resolve(modules, 'x.js'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const kFans = 10_000;
const kHeapSeconds = Number(process.env.ALTIS_HEAP_SECONDS ?? 20); // of a stream of a thousand events a second
const kFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const kPages = ['story', 'results', 'rooms', 'segments', 'messages', 'fans', 'rights', 'system'];
const kHostile = '<img src=x onerror="window.broken=1">\u202Eevil';
const shots = process.env.ALTIS_SHOTS;
const folder = mkdtempSync(join(tmpdir(), 'altis-console-'));

function playDemo() {
  return new Promise((done, failed) => {
    const demo = spawn(altis, ['demo', '--fans', String(kFans), '--serve', '--data', join(folder, 'data')], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const pipe of [demo.stdout, demo.stderr]) pipe.on('data', (chunk) => { said += chunk; });
    demo.once('exit', () => {
      const found = /(http:\/\/[\d.]+:\d+)\/console[^]*kill (\d+)/.exec(said);
      if (found) done({ url: found[1], pid: Number(found[2]) });
      else failed(new Error(said.slice(-2000)));
    });
  });
}

const keyOf = (party) => readFileSync(join(folder, 'data', `${party}.key`), 'utf8').trim();

async function logIn(page, url, key) {
  await page.goto(`${url}/console`);
  await page.getByLabel('API key').fill(key);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Story', level: 1 }).waitFor();
}

async function accessible(page, what) {
  const { violations } = await page.evaluate(async () => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`), [], what);
}

async function everyPage(page) {
  await page.evaluate(axe); // in the page's world, as its policy allows no other script
  for (const theme of ['dark', 'light']) {
    await page.evaluate((chosen) => { document.documentElement.dataset.theme = chosen; }, theme);
    for (const name of kPages) {
      await open(page, name);
      await accessible(page, `${name}, ${theme}`);
      if (shots) await page.screenshot({ path: join(shots, `${name}-${theme}.png`), fullPage: true });
    }
  }
}

// As a newcomer who was given the address and a key: "how many high-value volleyball fans are airline customers, and how sure are
// we?" Three clicks, nothing chosen.
async function askAsANewcomer(browser, url, key) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await logIn(page, url, key);
  await page.getByRole('link', { name: /^Next: ask how an audience overlaps/ }).click();
  await page.getByLabel('How many of la28 / high-value-volleyball-la are also in airline / customers?').waitFor();
  await page.getByText(/Costs ε 0\.50; intervals of about ± \d+ persons/).waitFor();
  const ask = page.getByRole('button', { name: 'Ask', exact: true });
  await ask.click();
  const sentence = page.locator('.sentence');
  await sentence.waitFor();
  const words = (await sentence.textContent()).replaceAll('\u00a0', ' ');
  assert.match(words, /About \d+ of la28 \/ high-value-volleyball-la are also in airline \/ customers: [\d.]+ %\. We are 95 % sure it is between \d+ and \d+\./);
  // The budget is spent, and the same question is free.
  await page.getByText('Does not fit the budget any more').waitFor();
  const cost = page.getByRole('combobox', { name: 'Privacy cost (epsilon)' });
  await cost.selectOption('0.25');
  await ask.click();
  await page.getByText('rooms.budget_spent').waitFor();
  await cost.selectOption('0.5');
  await ask.click();
  await sentence.waitFor();
  assert.equal((await sentence.textContent()).replaceAll('\u00a0', ' '), words);
  await tasks.shoot(page, 'rooms-answer');
  await page.context().close();
}

async function writeARule(page) {
  await open(page, 'segments');
  const rule = page.getByLabel('Rule');
  await rule.fill('area = "los-angeles"');
  await page.getByText(/^[\d,]+ of [\d,]+ fans, now$/).waitFor();
  await rule.fill('area = ');
  await page.getByText('expected a text in double quotes').waitFor();
}

async function verifyAResult(page) {
  await open(page, 'results');
  await page.getByText('Alysa LIU').first().waitFor();
  await page.getByRole('button', { name: 'Verify the signature' }).click();
  await page.getByText(/Verified in this browser|neither https nor loopback|too old/).waitFor();
}

async function languages(page) {
  for (const [code, direction] of [['ar', 'rtl'], ['ja', 'ltr'], ['en', 'ltr']]) {
    await page.locator('.who select').selectOption(code);
    await page.waitForFunction((wanted) => document.documentElement.lang === wanted, code);
    assert.equal(await page.evaluate(() => document.documentElement.dir), direction);
    if (shots) await page.screenshot({ path: join(shots, `results-${code}.png`), fullPage: true });
  }
}

async function palette(page) {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Go to or do' }).fill('syst');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'System', level: 1 }).waitFor();
}

// What a server that is lied to would answer: every text hostile, every number absurd, by path and the page that shows it.
const kUnit = { unit: 'U', edition: 'owg2026', name: kHostile.repeat(200), status: kHostile, version: -1, known_at: 'never', offset: 1 };
const kLies = {
  'results/U': {
    '/v1/results/units': { items: [kUnit] },
    '/v1/results/units/*': { ...kUnit, lines: [
      { competitor: kHostile, organisation: kHostile, rank: -1, result: '9'.repeat(10_000), members: [{ code: '1', given_name: 'x'.repeat(10_000) }] }, {}] },
  },
  messages: {
    '/v1/messages/plans*': { items: [{ id: kHostile, unit: kHostile, cohort: kHostile.repeat(50), kind: kHostile, planned: 'never', state: 'told', sent: -1e30, unsent: { [kHostile]: -1 }, text: kHostile.repeat(200) }] },
  },
  rights: {
    '/v1/organisations': { items: [{ id: 'la28', name: kHostile.repeat(200), kind: kHostile }] },
    '/v1/ownerships': { items: [{ edition: 'owg2026', category: 'commerce', organisation: 'la28', locked: true }] },
    '/v1/grants': { items: [{ id: kHostile, owner: 'la28', grantee: 'la28', category: 'commerce', purpose: kHostile, edition: 'owg2026', until_us: 1e300, policy: kHostile }] },
    '/v1/decisions': { items: [{ offset: -1, time: 'never', actor: 'x'.repeat(10_000), organisation: kHostile, category: kHostile, purpose: kHostile, edition: kHostile, allowed: null, rule: kHostile.repeat(200), people: 1e300 }] },
  },
  'fans/fan-1': {
    '/v1/fans/fan-1': {
      profile: { [kHostile]: kHostile.repeat(100), area: 'x'.repeat(10_000), dwell: { [kHostile]: -1 } },
      identity: { subjects: [{ subject: -1, user_id: kHostile.repeat(20), events: -1 }], links: [{ from: -1, to: 9, kind: kHostile, since: 'never', confidence_ppm: -1, holds: true, cut: true }] },
      segments: [{ id: kHostile, member: true, why: null }], consents: [{ edition: kHostile, purpose: kHostile }], message_preferences: { zone: kHostile } },
  },
};

async function hostile(page) {
  for (const [name, lies] of Object.entries(kLies)) {
    await open(page, 'story');
    for (const [path, json] of Object.entries(lies)) await page.route(`**${path}`, (route) => route.fulfill({ json }));
    await open(page, name);
    await page.getByText('<img src=x').first().waitFor();
    assert.equal(await page.evaluate(() => window.broken), undefined, name);
    assert.equal(await page.locator('main img').count(), 0, name);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide`);
    await tasks.shoot(page, `hostile-${name.split('/')[0]}`);
    for (const path of Object.keys(lies)) await page.unroute(`**${path}`);
  }
}

async function sponsor(browser, url) {
  const page = await (await browser.newContext()).newPage();
  await logIn(page, url, keyOf('airline'));
  assert.deepEqual(await page.locator('.side nav a').evaluateAll((links) => links.map((link) => link.getAttribute('href'))), ['#/story', '#/rooms']);
}

const program = findBrowser();
if (!program) { console.log('skipped: there is no Chromium'); process.exit(77); }
if (shots) mkdirSync(shots, { recursive: true });
const { url, pid } = await playDemo();
const browser = await chromium.launch({ executablePath: program === 'chromium' ? '/usr/bin/chromium' : program, args: kFlags });
try {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => { if (/Content Security Policy|TypeError/.test(message.text())) complaints.push(message.text()); });
  page.on('request', (request) => { if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) complaints.push(request.url()); });
  await page.goto(`${url}/console`);
  await page.getByLabel('API key').fill('altis_0000');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  await logIn(page, url, keyOf('la28'));
  const key = keyOf('la28');
  const message = await tasks.someMessage(url, key);
  const steps = {
    firstLoad: () => firstLoad(browser, url, key),
    askAsANewcomer: () => askAsANewcomer(browser, url, key), whatHappened: tasks.whatHappened, proposeARoom: tasks.proposeARoom, writeARule, segmentsOverTime: tasks.segmentsOverTime, verifyAResult,
    previewAMessage: tasks.previewAMessage, readLetters: (shown) => tasks.readLetters(shown, message),
    decideAboutRights: tasks.decideAboutRights, verifyTheAudit: tasks.verifyTheAudit,
    mergeAndUnmerge: (shown) => tasks.mergeAndUnmerge(shown, 'fan-11', 'fan-12'), exportAndErase: (shown) => tasks.exportAndErase(shown, 'fan-12'),
    liveResults: () => liveResults(browser, url, keyOf('admin')), twoPeople: () => twoPeople(browser, url, keyOf('admin'), async (shown) => { await shown.evaluate(axe); await accessible(shown, 'corrections'); }),
    findALimit: tasks.findALimit, languages, palette, hostile, everyPage,
    ownPage: () => ownPage(browser, axe, url, key, message.user), frames: () => frames(browser, url, key), heap: () => heap(browser, url, key, kHeapSeconds),
  };
  const only = process.env.ALTIS_STEPS?.split(',');
  for (const [name, step] of Object.entries(steps)) {
    if (only && !only.includes(name)) continue;
    const begin = performance.now();
    await step(page);
    console.log(`${name}: ${Math.round(performance.now() - begin)} ms`);
  }
  await sponsor(browser, url);
  assert.deepEqual(complaints, []);
} finally {
  await browser.close();
  process.kill(pid);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
console.log('the console holds');
