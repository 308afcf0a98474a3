// Webhooks as npm's standardwebhooks verifies them: node webhooks_test.mjs WEBHOOK_MESSAGES
import assert from "node:assert/strict";
import { packages, requests } from "./judged.mjs";
import { languages, notices } from "./notices.mjs";

const { Webhook } = packages("standardwebhooks");

// standardwebhooks asks the clock of the machine.
const now = Math.floor(Date.now() / 1000);
const lines = notices(200).map((notice, i) => ({ url: `https://receiver${i}.example/hook`, id: `msg_${i}`, now, body: JSON.stringify(notice) }));
const made = requests("", lines);
assert.equal(made.length, lines.length);
made.forEach(({ secret, headers }, i) => {
  const receiver = new Webhook(secret);
  const { body } = lines[i];
  assert.deepEqual(receiver.verify(body, headers), JSON.parse(body));
  assert.throws(() => receiver.verify(`${body} `, headers), "a changed body");
  assert.throws(() => receiver.verify(body, { ...headers, "webhook-id": "msg_other" }), "another id");
  assert.throws(() => receiver.verify(body, { ...headers, "webhook-timestamp": String(now + 1) }), "another time");
  assert.throws(() => new Webhook(made[(i + 1) % made.length].secret).verify(body, headers), "the secret of another receiver");
});
const [{ secret, headers }] = requests("", [{ ...lines[0], now: now - 3600 }]);
assert.throws(() => new Webhook(secret).verify(lines[0].body, headers), "an old message");

console.log(`${made.length} webhooks in ${languages.length} languages verified by standardwebhooks`);
