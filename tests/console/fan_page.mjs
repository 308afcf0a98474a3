// A fan's own page in a browser without JavaScript: what is known, why messages came, choices, and the way out.
import assert from 'node:assert/strict';
import { shoot } from './tasks.mjs';

const ask = async (url, path, key, body) => {
  const reply = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
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
  for (const [name, direction] of [['العربية', 'rtl'], ['日本語', 'ltr']]) {
    await page.getByRole('link', { name }).click();
    assert.equal(await page.locator('html').getAttribute('dir'), direction);
    await shoot(page, `fan-page-${direction}`);
  }
  await accessible(browser, axe, url + json.path);
  await page.goto(`${url}${json.path}?language=en`);
  await page.getByLabel('I want everything about me to be deleted').check();
  await page.getByRole('button', { name: 'Delete me' }).click();
  await page.getByText('You are deleted.').waitFor({ timeout: 30_000 });
  await page.getByText('"warehouse_rows_left": 0').waitFor();
  await shoot(page, 'fan-page-farewell');
  assert.equal((await ask(url, `/v1/fans/${user}`, key)).status, 404);
  for (const path of [json.path, `${json.path}x`, '/me/none']) {
    const refused = await page.goto(url + path);
    assert.equal(refused.status(), 404, path);
    await page.getByText('This link does not hold').waitFor();
  }
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
