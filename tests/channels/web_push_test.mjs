// Web Push beside npm's http_ece, which decrypts what a browser would, and Node's crypto, which checks who signed it.
//   node web_push_test.mjs CHANNEL_REQUESTS
import assert from "node:assert/strict";
import { createECDH, createPublicKey, randomBytes } from "node:crypto";
import { forged, packages, requests, verifiedToken } from "./judged.mjs";
import { languages, notices, now } from "./notices.mjs";

const ece = packages("http_ece");

const browsers = notices(200).map((notice, i) => {
  const key = createECDH("prime256v1");
  key.generateKeys();
  const auth = randomBytes(16);
  const address = { endpoint: `https://push${i % 3}.example/${i}`, p256dh: key.getPublicKey("base64url"), auth: auth.toString("base64url") };
  return { notice, key, auth, address };
});
const [publicKey, ...made] = requests("web_push", browsers.map(({ notice, address }) => ({ notice, address, now })));
assert.equal(made.length, browsers.length);

const point = Buffer.from(publicKey, "base64url");
assert.equal(point.length, 65);
const coordinate = (from) => point.subarray(from, from + 32).toString("base64url");
const sender = createPublicKey({ key: { kty: "EC", crv: "P-256", x: coordinate(1), y: coordinate(33) }, format: "jwk" });

const decrypt = (body, { key, auth }) => ece.decrypt(body, { version: "aes128gcm", privateKey: key, authSecret: auth });

const sizes = new Set();
made.forEach((request, i) => {
  const { notice, address, auth, key } = browsers[i];
  assert.equal(request.url, address.endpoint, JSON.stringify(request));
  const body = Buffer.from(request.body, "base64");
  sizes.add(body.length);
  const shown = JSON.parse(decrypt(body, { key, auth }).toString());
  assert.deepEqual(shown, {
    id: notice.id, topic: notice.topic, title: notice.title, body: notice.text, lang: notice.language,
    dir: notice.language === "ar" ? "rtl" : "ltr", link: notice.link,
  });

  const { authorization, ttl, topic, urgency } = request.headers;
  assert.equal(ttl, String(notice.lifetime_s));
  assert.match(topic, /^[A-Za-z0-9_-]{1,32}$/);
  assert.equal(urgency, ["low", "normal", "high"][notice.urgency]);
  const [, token, k] = authorization.match(/^vapid t=([^,]+), k=([A-Za-z0-9_-]+)$/);
  assert.equal(k, publicKey);
  const { header, claims } = verifiedToken(token, sender);
  assert.deepEqual(header, { typ: "JWT", alg: "ES256" });
  assert.equal(claims.aud, new URL(address.endpoint).origin);
  assert.equal(claims.sub, "mailto:push@games.example");
  assert(claims.exp > now && claims.exp <= now + 86_400);
  assert.throws(() => verifiedToken(forged(token), sender));
});
assert.deepEqual([...sizes].sort(), [1024, 2048, 4096]);

// Nobody else, and not a changed byte.
const body = Buffer.from(made[0].body, "base64");
assert.throws(() => decrypt(body, browsers[1]));
for (const at of [0, 20, 40, 86, body.length - 1]) {
  const changed = Buffer.from(body);
  changed[at] ^= 1;
  assert.throws(() => decrypt(changed, browsers[0]), `byte ${at}`);
}
assert.throws(() => decrypt(body, { ...browsers[0], auth: randomBytes(16) }));

console.log(`${made.length} messages in ${languages.length} languages decrypted by http_ece, their tokens verified by Node`);
