// A fan's own page in a browser without JavaScript: what is known, why messages came, choices, and the way out.
import assert from 'node:assert/strict';
import { shoot } from './tasks.mjs';

const ask = async (url, path, key, body, method = body === undefined ? 'GET' : 'POST') => {
  const reply = await fetch(url + path, {
    method,
    headers: { Authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: reply.status, json: await reply.json() };
};

export async function ownPage(browser, axe, url, key, user) {
  const { status, json } = await ask(url, `/v1/fans/${user}/page-link`, key, { minutes: 5 });
  assert.equal(status, 201, JSON.stringify(json));
  const page = await (await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB', viewport: { width: 420, height: 900 } })).newPage();
  const answer = await page.goto(url + json.path);
  assert.match(answer.headers()['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/);
  assert.equal(answer.headers()['cache-control'], 'no-store');
  await page.getByText(/^Because you follow .+ and allow messages\./).first().waitFor();
  await page.getByLabel('Count me in statistics').check();
  await page.getByLabel('Send me messages').uncheck();
  await page.getByLabel('Tell me no results').check();
  await page.getByLabel('Messages a day at most').fill('3');
  await page.getByRole('button', { name: 'Save my choices' }).click();
  await page.getByText('Your choices are saved.').waitFor();
  assert.ok(await page.getByLabel('Tell me no results').isChecked());
  assert.ok(!(await page.getByLabel('Send me messages').isChecked()));
  await shoot(page, 'fan-page-en');
  const known = (await ask(url, `/v1/fans/${user}`, key)).json;
  assert.deepEqual(known.consents.filter(({ purpose }) => ['analytics', 'messages'].includes(purpose)).map(({ purpose }) => purpose), ['analytics']);
  assert.equal(known.message_preferences.daily_cap, 3);
  await page.getByRole('rowheader', { name: 'Last seen' }).waitFor();
  for (const [name, direction, lastSeen] of [['العربية', 'rtl', 'آخر ظهور'], ['日本語', 'ltr', '最後の記録']]) {
    await page.getByRole('link', { name }).click();
    assert.equal(await page.locator('html').getAttribute('dir'), direction);
    await page.getByRole('rowheader', { name: lastSeen }).waitFor();
    await shoot(page, `fan-page-${direction}`);
  }
  await accessible(browser, axe, url + json.path);
  await linksEnd(page, url, key, user, json.path);
  const fresh = (await ask(url, `/v1/fans/${user}/page-link`, key, { minutes: 5 })).json.path;
  await page.goto(`${url}${fresh}?language=en`);
  await page.getByLabel('I want everything about me to be deleted').check();
  await page.getByRole('button', { name: 'Delete me' }).click();
  await page.getByText('You are deleted.').waitFor({ timeout: 30_000 });
  await page.getByText('"warehouse_rows_left": 0').waitFor();
  await shoot(page, 'fan-page-farewell');
  assert.equal((await ask(url, `/v1/fans/${user}`, key)).status, 404);
  for (const path of [fresh, `${fresh}x`, '/me/none']) {
    const refused = await page.goto(url + path);
    assert.equal(refused.status(), 404, path);
    await page.getByText('This link does not hold').waitFor();
  }
}

// The application ends every link that was made before, for whatever it is used, and no other fan's.
async function linksEnd(page, url, key, user, path) {
  const other = (await ask(url, '/v1/fans/fan-20/page-link', key, {})).json.path;
  const ended = await ask(url, `/v1/fans/${user}/page-link`, key, undefined, 'DELETE');
  assert.equal(ended.status, 200);
  assert.match(ended.json.links_ended_at, /^\d{4}-/);
  for (const what of ['', '/data']) {
    const refused = await page.goto(url + path + what);
    assert.equal(refused.status(), 403, what);
    await page.getByText('This link does not hold').waitFor();
  }
  assert.equal((await fetch(`${url}${path}/choices`, { method: 'POST', body: 'daily_cap=1' })).status, 403);
  assert.equal((await page.goto(url + other)).status(), 200);
  assert.equal((await ask(url, '/v1/fans/nobody-of-this-name/page-link', key, undefined, 'DELETE')).status, 404);
}

// axe-core is a script, so it looks at the page in a context that runs some; the page has none of its own.
async function accessible(browser, axe, address) {
  for (const colorScheme of ['dark', 'light']) {
    const page = await (await browser.newContext({ colorScheme, bypassCSP: true })).newPage();
    await page.goto(address);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(async () => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`), [], `own page, ${colorScheme}`);
    await page.close();
  }
}
