// Results as they happen, and what two people decide about them: by the real feed, through a
// go-between that can break it.
import assert from 'node:assert/strict';
import { FeedPlayer, kStandstill } from './feed_player.mjs';
import { shoot } from './tasks.mjs';

const kUnit = 'FSKMSINGLES-----------FNL-000100--';
const kName = 'Men Single Skating - Free Skating';
const kHead =
  'CompetitionCode="OWG2026" FeedFlag="P" Date="2026-02-13" Time="200000000" ' +
  'LogicalDate="2026-02-13" Source="MILFSK1"';
const kSkaters = [
  ['LION', 'Yuma', 'JPN'],
  ['TIGER', 'Ilia', 'USA'],
  ['BEAR', 'Adam', 'FRA'],
  ['WOLF', 'Daniel', 'ITA'],
];
const kStandstillMs = 3000; // after which a page is behind

async function ask(url, key, method, path, body, type = 'application/json') {
  const reply = await fetch(url + path, {
    method,
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': type },
    body,
  });
  const json = await reply.json();
  assert.ok(reply.ok, `${path}: ${JSON.stringify(json)}`);
  return { status: reply.status, json };
}

/** A key of the rights holder's own people with these scopes. */
export const person = async (url, admin, id, scopes) =>
  (
    await ask(
      url,
      admin,
      'POST',
      '/v1/keys',
      JSON.stringify({ id, organisation: 'la28', edition: 'owg2026', scopes }),
    )
  ).json.secret;

const schedule = `<OdfBody ${kHead} DocumentCode="FSK-------------------------------"
  DocumentType="DT_SCHEDULE" Version="1"><Competition><Unit Code="${kUnit}" Medal="1" Venue="MIL">
  <ItemName Language="ENG" Value="${kName}" /></Unit></Competition></OdfBody>`;

const line = ([family, given, noc], at, points) => `
  <Result Rank="${at + 1}" SortOrder="${at + 1}" Result="${points - at}.50" ResultType="POINTS">
  <Competitor Code="${200 + at}" Type="A" Organisation="${noc}"><Composition>
  <Athlete Code="${200 + at}" Order="1"><Description GivenName="${given}" FamilyName="${family}"
  Organisation="${noc}" /></Athlete></Composition></Competitor></Result>`;

const result = (version, status, points, note = '') => `<OdfBody ${kHead}
  DocumentCode="${kUnit}" DocumentType="DT_RESULT" Version="${version}" ResultStatus="${status}">
  <Competition>${note && `<Note Value="${note}" />`}
  ${kSkaters.map((skater, at) => line(skater, at, points)).join('')}</Competition></OdfBody>`;

const send = (url, key, xml) => ask(url, key, 'POST', '/v1/odf', xml, 'application/xml');

async function visit(browser, url, key) {
  const page = await (
    await browser.newContext({ viewport: { width: 1440, height: 900 } })
  ).newPage();
  await page.addInitScript((secret) => {
    sessionStorage.setItem('altis-key', secret);
    window.changes = 0; // that workers told the page
    window.Worker = class extends Worker {
      constructor(...given) {
        super(...given);
        this.addEventListener('message', ({ data }) => {
          if (data.change) ++window.changes;
        });
      }
    };
  }, key);
  await page.goto(`${url}/console#/results/${kUnit}`);
  return page;
}

const stateIs = (page, state) => page.locator(`[data-state=${state}]`).waitFor();
const showsFirst = (page, points) =>
  page.locator('.ranks tbody tr').first().getByText(`${points}.50`).waitFor();

export async function liveResults(browser, url, admin) {
  const player = new FeedPlayer(url);
  const at = await player.listen();
  const writer = await person(url, admin, 'console-timing', ['results', 'results:write']);
  await send(url, writer, schedule);
  const page = await visit(browser, at, writer);
  await page.getByText('No result yet.').waitFor();
  await send(url, writer, result(1, 'LIVE', 101));
  await stateIs(page, 'live');
  await showsFirst(page, 101);
  let slowest = 0;
  for (let version = 2; version <= 6; ++version) {
    await send(url, writer, result(version, 'LIVE', 100 + version));
    const begin = performance.now();
    await showsFirst(page, 100 + version);
    slowest = Math.max(slowest, performance.now() - begin);
  }
  console.log(
    `live results: on the page at most ${slowest.toFixed(0)} ms after the sender's answer`,
  );
  await comesBack(page, player, url, writer);
  await takesNothingFalse(page, player, url, writer);
  await staysLight(page, player, url, writer);
  await page.context().close();
  player.close();
}

// After a cut it goes on where it was.
async function comesBack(page, player, url, writer) {
  player.cut();
  await stateIs(page, 'reconnecting');
  await send(url, writer, result(7, 'LIVE', 107));
  await showsFirst(page, 107);
  await stateIs(page, 'live');
  assert.match(player.asked.at(-1), /^\d+$/, 'it says where it was');
}

// A byte that was changed on the way: what it says is not shown, and everything is asked for anew.
async function takesNothingFalse(page, player, url, writer) {
  const before = player.asked.length;
  let isChanged = false;
  player.tamper = (text) => {
    if (!text.includes('108.50')) return text;
    player.tamper = null;
    isChanged = true;
    return text.replace('108.50', '999.50');
  };
  await page.evaluate(() => {
    window.sawFalse = false;
    new MutationObserver(() => {
      window.sawFalse ||= document.body.textContent.includes('999.50');
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await send(url, writer, result(8, 'LIVE', 108));
  await showsFirst(page, 108);
  assert.ok(isChanged);
  assert.equal(await page.evaluate(() => window.sawFalse), false);
  assert.deepEqual(player.asked.slice(before), [''], 'without a place');
}

// While a page has no time, what it would be told becomes one change.
async function staysLight(page, player, url, writer) {
  await stateIs(page, 'live');
  const before = await page.evaluate(() => window.changes);
  await page.evaluate(() => {
    const shown = document.querySelector('[data-state]');
    window.states = [];
    new MutationObserver(() => window.states.push(shown.dataset.state)).observe(shown, {
      attributeFilter: ['data-state'],
    });
  });
  const begun = player.standstill();
  const stillness = page.evaluate((path) => {
    const question = new XMLHttpRequest();
    question.open('GET', path, false);
    question.send();
  }, kStandstill);
  const goOn = await begun;
  const longEnough = new Promise((wake) => setTimeout(wake, kStandstillMs));
  for (let version = 9; version <= 28; ++version) {
    await send(url, writer, result(version, 'LIVE', 100 + version));
    await new Promise((wake) => setTimeout(wake, 110)); // more than what the feed takes together
  }
  await longEnough;
  goOn();
  await stillness;
  await showsFirst(page, 128);
  const told = (await page.evaluate(() => window.changes)) - before;
  assert.ok(told <= 8, `${told} messages for 20 versions`);
  await stateIs(page, 'live');
  assert.deepEqual(await page.evaluate(() => window.states), ['behind', 'live'], 'it says so');
}

// What is official changes by two people's keys alone: a version that a gate holds, and a medal.
export async function twoPeople(browser, url, admin, accessible) {
  const scopes = ['results', 'results:write', 'results:correct'];
  const [first, second] = [
    await person(url, admin, 'console-first', scopes),
    await person(url, admin, 'console-second', scopes),
  ];
  await send(url, first, result(40, 'OFFICIAL', 140));
  const [mine, theirs] = [await visit(browser, url, first), await visit(browser, url, second)];
  await showsFirst(theirs, 140);
  await mine.goto(`${url}/console#/results`); // without a unit it shows the first one
  await showsFirst(mine, 140);
  await releaseAVersion({ url, mine, theirs, first });
  await correctAMedal(mine, theirs, accessible);
  for (const page of [mine, theirs]) await page.context().close();
}

const waitingOn = (page) =>
  page.getByRole('region', { name: 'Corrections that wait for a second person' });

/** Gives a reason and presses the button. */
async function decide(item, name) {
  await item.getByLabel('Reason').fill('the judges’ protocol was read wrongly');
  await item.getByRole('button', { name }).click();
}

async function releaseAVersion({ url, mine, theirs, first }) {
  assert.equal(
    (await send(url, first, result(41, 'OFFICIAL', 141, 'a deduction was taken back'))).status,
    202,
    'it is held',
  );
  const title = /Free Skating, version 41/;
  await decide(waitingOn(mine).getByRole('listitem', { name: title }), 'Release');
  await mine.getByText('results.same_key').waitFor();
  await showsFirst(mine, 140);
  await decide(waitingOn(theirs).getByRole('listitem', { name: title }), 'Release');
  await waitingOn(theirs).getByText('No correction waits.').waitFor();
  for (const page of [theirs, mine]) await showsFirst(page, 141);
  await theirs.getByRole('button', { name: 'Verify the signature' }).click();
  await theirs
    .locator('.good', { hasText: 'Verified in this browser' })
    .or(theirs.getByText(/too old|knows no Ed25519/))
    .waitFor();
  await shoot(theirs, 'results-corrected');
}

async function correctAMedal(mine, theirs, accessible) {
  const silver = async () =>
    theirs
      .locator('tr', { has: theirs.getByRole('rowheader', { name: 'USA' }) })
      .locator('td')
      .nth(2)
      .textContent();
  const before = Number(await silver());
  await waitingOn(mine).getByText('Propose a correction of the medals').click();
  const form = waitingOn(mine).locator('form', { hasText: 'Event' });
  const event = form.getByLabel('Event');
  await event.selectOption({ label: kName });
  await form.locator('.row', { hasText: 'TIGER' }).getByLabel('State').selectOption('withdrawn');
  await form.getByLabel('Reason').fill('a court has spoken');
  await form.getByRole('button', { name: 'Propose' }).click();
  const own = waitingOn(mine).getByRole('listitem', { name: kName, exact: true });
  await own.getByText('You proposed this: another person decides.').waitFor();
  await accessible(mine);
  await shoot(mine, 'results-proposed');
  await decide(own, 'Approve');
  await own.getByText('results.same_key').waitFor();
  await decide(waitingOn(theirs).getByRole('listitem', { name: kName, exact: true }), 'Approve');
  await waitingOn(theirs).getByText('No correction waits.').waitFor();
  await theirs.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('tr')].some(
        (row) =>
          row.querySelector('th')?.textContent === 'USA' &&
          Number(row.querySelectorAll('td')[2]?.textContent) === wanted,
      ),
    before - 1,
  );
}
