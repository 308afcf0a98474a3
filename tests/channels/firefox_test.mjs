// A real Firefox subscribes through a push service on loopback, and its service worker reads what is made for it.
//   node firefox_test.mjs CHANNEL_REQUESTS
import assert from "node:assert/strict";
import { request as httpsRequest } from "node:https";
import { firefoxProgram, startFirefox } from "./firefox.mjs";
import { forged, requests } from "./judged.mjs";
import { languages, notices } from "./notices.mjs";
import { certificate } from "./phone_services.mjs";
import { startPushService } from "./push_service.mjs";

if (firefoxProgram === undefined) {
  console.log("skipped: there is no Firefox; install Debian's firefox-esr");
  process.exit(77);
}

const tls = certificate();

// Posts a request as it was made: {status, location}.
function post({ url, headers, body }) {
  return new Promise((done, fail) => {
    const sent = httpsRequest(url, { method: "POST", headers, ca: tls.cert }, (response) => {
      response.resume();
      done({ status: response.statusCode, location: response.headers.location });
    });
    sent.on("error", fail);
    sent.end(Buffer.from(body, "base64"));
  });
}

const seconds = (ms) => new Promise((_, fail) => { setTimeout(() => fail(new Error(`nothing within ${ms} ms`)), ms).unref(); });

const [key] = requests("web_push", []);
const service = await startPushService(tls);
const arrived = new Map(); // by id: what the worker got, or who waits for it
const received = (shown) => {
  arrived.get(shown.id)?.(shown);
  arrived.set(shown.id, shown);
};
let firefox;
try {
  firefox = await startFirefox({ pushUrl: service.browserUrl, key, received });
  const { endpoint, keys } = firefox.subscription;
  assert(endpoint.startsWith(`${service.origin}/`));
  const now = Math.floor(Date.now() / 1000);
  const some = notices(48);
  const address = { endpoint, p256dh: keys.p256dh, auth: keys.auth };
  const [, ...made] = requests("web_push", some.map((notice) => ({ notice, address, now })));

  for (const [i, notice] of some.entries()) {
    const shown = new Promise((done) => arrived.set(notice.id, done));
    const { status, location } = await post(made[i]);
    assert.equal(status, 201);
    const [verdict, read] = await Promise.race([Promise.all([service.verdict(location), shown]), seconds(20_000)]);
    assert.equal(verdict, 100);
    assert.deepEqual(read, {
      id: notice.id, topic: notice.topic, title: notice.title, body: notice.text, lang: notice.language,
      dir: notice.language === "ar" ? "rtl" : "ltr", link: notice.link,
    });
  }

  // A byte changed on the way: the push service cannot know, Firefox does.
  const [{ id }] = some;
  const body = Buffer.from(made[0].body, "base64");
  body[200] ^= 1;
  arrived.delete(id);
  const { status, location } = await post({ ...made[0], body: body.toString("base64") });
  assert.equal(status, 201);
  assert.equal(await Promise.race([service.verdict(location), seconds(20_000)]), 101);
  assert(!arrived.has(id));
  // Somebody else's signature: the push service refuses it, for Firefox subscribed to one sender.
  const { authorization } = made[0].headers;
  const [, token] = authorization.match(/t=([^,]+)/);
  assert.equal((await post({ ...made[0], headers: { ...made[0].headers, authorization: authorization.replace(token, forged(token)) } })).status, 403);

  console.log(`${some.length} messages in ${languages.length} languages read by Firefox's service worker; a changed one refused`);
} finally {
  await firefox?.close();
  service.close();
}
