// What people do on the console's pages, each task by the means that they have: labels, buttons, keys.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const shots = process.env.ALTIS_SHOTS;
export const shoot = async (page, name) => {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
};

export async function open(page, name) {
  await page.evaluate((to) => { location.hash = `#/${to}`; }, name);
  await page.locator('main h1').waitFor();
  await page.waitForTimeout(400); // its first answers
}

// The newest messages that the gateway's stream still holds: who got one, and its id.
export async function someMessage(url, key) {
  const reply = await fetch(`${url}/v1/messages/stream?after=1`, { headers: { Authorization: `Bearer ${key}` } });
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    assert.ok(!done, 'the stream ended without a message');
    text += value;
    const found = /^data: ?(\{"id".*\})$/m.exec(text);
    if (!found) continue;
    await reader.cancel();
    return JSON.parse(found[1]);
  }
}

export async function previewAMessage(page) {
  await open(page, 'messages');
  await page.getByText('Preview: 12 of 12 languages pass the gate').waitFor();
  assert.equal(await page.locator('.preview p[dir="rtl"] mark').first().evaluate((mark) => getComputedStyle(mark.parentElement).direction), 'rtl');
  assert.ok(await page.locator('.preview mark').count() >= 36, 'facts are marked in every language');
  await page.getByRole('button', { name: 'Start from the reviewed words' }).click();
  const own = page.getByLabel('Own words, in place of the reviewed ones');
  await own.fill(`${await own.inputValue()} 147.68`);
  await page.getByText('Preview: 11 of 12 languages pass the gate').waitFor();
  await page.getByText('messages.gate_refused').waitFor();
  await shoot(page, 'messages-refused');
  await page.getByRole('button', { name: 'Back to the reviewed words' }).click();
  await page.getByText('Preview: 12 of 12').waitFor();
  await page.getByLabel('As seen by who wants no spoiler').check();
  const shielded = await page.locator('.previews').textContent();
  assert.ok(!/gold|\d\d\d\.\d\d/i.test(shielded), `a spoiler: ${shielded.slice(0, 300)}`);
  await shoot(page, 'messages-shielded');
}

export async function readLetters(page, message) {
  await open(page, 'messages');
  const sends = page.getByRole('region', { name: 'Sends, live' });
  await sends.getByText('done').first().waitFor();
  await page.getByLabel('Message id').fill(message.id);
  await page.keyboard.press('Enter');
  await page.getByText(/^Because the fan follows .+ Allowed by the rule “owner”/).waitFor();
  await page.getByLabel('User id').fill(message.user);
  await page.keyboard.press('Enter');
  await page.getByText('You got this message.').waitFor();
  await shoot(page, 'messages-letter');
}

export async function decideAboutRights(page) {
  await open(page, 'rights');
  const map = page.getByRole('region', { name: 'Who owns what, and who may use it for what' });
  await map.getByRole('row', { name: /fan engagement/ }).getByText('owner', { exact: true }).waitFor();
  const question = page.locator('form', { hasText: 'A decision, explained' });
  await question.getByLabel('Organisation').selectOption('airline');
  await question.getByRole('button', { name: 'Decide' }).click();
  await question.getByText('denied').waitFor();
  const grant = page.locator('form', { hasText: 'Let somebody use it' });
  await grant.getByLabel('To whom').selectOption('airline');
  await grant.getByLabel('Written reason').fill('Counts of fans for the planning of flights.');
  await grant.getByRole('button', { name: 'Grant' }).click();
  await map.getByText('analytics').waitFor();
  await question.getByRole('button', { name: 'Decide' }).click();
  await question.getByText('allowed', { exact: true }).waitFor();
  await shoot(page, 'rights-granted');
  await map.getByRole('button', { name: /^Revoke airline-analytics/ }).click();
  await map.getByText('analytics').waitFor({ state: 'detached' });
  await question.getByRole('button', { name: 'Decide' }).click();
  await question.getByText('denied').waitFor();
}

export async function verifyTheAudit(page) {
  await open(page, 'rights');
  await page.getByRole('region', { name: 'Decisions in the journal' }).getByText('owner').first().waitFor();
  await page.getByRole('button', { name: 'Verify the chain' }).click();
  await page.getByText(/^Verified in this browser: \d+ records are in the chain|knows no Ed25519/).waitFor({ timeout: 60_000 });
  await shoot(page, 'rights-audit');
  // A proof that was changed on its way does not pass.
  await page.route('**/v1/journal/proof*', async (route) => {
    const reply = await route.fetch();
    const proof = await reply.json();
    await route.fulfill({ json: { ...proof, batch: { ...proof.batch, time_us: proof.batch.time_us + 1 } } });
  });
  await page.getByRole('button', { name: 'Verify the chain' }).click();
  await page.getByText(/Not verified: .*the record does not lead to the head/).waitFor();
  await page.unroute('**/v1/journal/proof*');
}

export async function mergeAndUnmerge(page, user, other) {
  await open(page, 'fans');
  await page.getByLabel('User id', { exact: true }).first().fill(user);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Who is this fan: identifiers and links' }).waitFor();
  await page.getByLabel('Other identifier').fill(other);
  await page.getByLabel('Kind').selectOption('user');
  await page.getByLabel('Reason').fill('one person, two accounts');
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await page.getByText(`Merged with ${other}.`).waitFor();
  await shoot(page, 'fans-merged');
  await page.getByRole('button', { name: 'Unmerge' }).click();
  await page.getByText(`${other} is taken back.`).waitFor();
  await page.getByRole('button', { name: 'Which events made each value?' }).click();
  await page.getByText('Newest', { exact: true }).waitFor({ timeout: 30_000 });
}

export async function exportAndErase(page, user) {
  await open(page, 'fans');
  await page.getByLabel('User id', { exact: true }).first().fill(user);
  await page.keyboard.press('Enter');
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as JSON' }).click()]);
  const held = JSON.parse(readFileSync(await saved.path(), 'utf8'));
  assert.equal(held.user_id, user);
  assert.ok(held.records.length > 0);
  await page.getByLabel('Type the user id again to erase.').fill(user);
  await page.getByRole('button', { name: 'Erase this fan' }).click();
  await page.getByText('Erased. The receipt:').waitFor({ timeout: 30_000 });
  await page.getByText('"warehouse_rows_left": 0').waitFor();
  await shoot(page, 'fans-erased');
}

export async function segmentsOverTime(page) {
  await open(page, 'segments');
  await page.getByText('Write it with a form').click();
  await page.getByLabel('Value', { exact: true }).fill('los-angeles');
  await page.getByText(/^[\d,]+ of [\d,]+ fans, now$/).waitFor();
  await page.getByLabel('Id of the segment').fill('angelenos');
  await page.getByRole('button', { name: 'Keep it live' }).click();
  await page.getByText('angelenos is live.').or(page.getByRole('link', { name: 'angelenos' })).first().waitFor();
  await page.getByRole('button', { name: 'Draw the trend' }).click();
  await page.locator('.trend circle').nth(7).waitFor({ timeout: 120_000 });
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export', exact: true }).click()]);
  assert.match(readFileSync(await saved.path(), 'utf8'), /"consent_offset":/);
  await page.getByRole('button', { name: 'Prove the consents' }).click();
  await page.getByText(/^Verified in this browser: the consent of the first \d+|knows no Ed25519/).waitFor({ timeout: 30_000 });
  await shoot(page, 'segments-trend');
}

export async function proposeARoom(page) {
  await open(page, 'rooms');
  await page.getByRole('button', { name: 'Propose a room' }).click();
  const form = page.locator('form', { hasText: 'Propose a room' });
  await form.getByLabel('Id of the room').fill('second-room');
  await form.getByLabel('Edition').fill('owg2026');
  await form.getByRole('group', { name: 'Table “right”' }).getByLabel('Organisation').fill('airline');
  await form.getByRole('button', { name: 'Propose', exact: true }).click();
  await page.getByText(/Waits for .*airline/).waitFor();
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Waits for airline', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Change the policy' }).click();
  await page.locator('form', { hasText: 'Change the policy' }).getByLabel('Smallest group').fill('50');
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await page.getByText(/Waits for .*la28/).waitFor();
  await page.getByRole('row', { name: /Smallest group/ }).getByText('50').waitFor();
  await shoot(page, 'rooms-proposed');
}

export async function findALimit(page) {
  await open(page, 'system');
  await page.getByPlaceholder('Find').fill('queued tasks');
  await page.getByPlaceholder('Find').fill('kMaxQueuedTasks');
  await page.getByText('4\'096').waitFor();
  await page.getByText('Dead letters').waitFor();
}

export async function whatHappened(page) {
  await open(page, 'results');
  await open(page, 'story');
  await page.locator('section', { hasText: 'What just happened' }).getByText(/Official|— to /).first().waitFor();
}
