// APNs and FCM v1: what is made passes servers that check tokens, headers and limits as Apple and Google document them,
// over HTTP/2. Protocol-verified, not delivered: the real services want accounts.
//   node phones_test.mjs CHANNEL_REQUESTS
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { connect } from "node:http2";
import { forged, requests } from "./judged.mjs";
import { languages, notices, now } from "./notices.mjs";
import { apple, certificate, google, serve } from "./phone_services.mjs";

const tls = certificate();
const pem = (key) => key.export({ type: "pkcs8", format: "pem" });

// Posts a request as it was made, and gives {status, body}.
async function post(session, request) {
  const url = new URL(request.url);
  const stream = session.request({ ":method": "POST", ":path": url.pathname + url.search, ...request.headers });
  stream.end(Buffer.from(request.body, "base64"));
  let status;
  stream.on("response", (headers) => { status = headers[":status"]; });
  const parts = [];
  for await (const part of stream) parts.push(part);
  return { status, body: Buffer.concat(parts).toString() };
}

async function withServer(answer, work) {
  const { server, origin } = await serve(tls, answer);
  const session = connect(origin, { ca: tls.cert });
  try {
    return await work(origin, session);
  } finally {
    session.close();
    server.close();
  }
}

async function judgeApple() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const app = { team: "TEAM012345", key_id: "KEY0123456", bundle: "org.example.games", publicKey, gone: new Set(["b".repeat(64)]) };
  let clock = now;
  const taken = [];
  await withServer(apple(app, () => clock, taken), async (origin, session) => {
    const { team, key_id, bundle } = app;
    const lines = notices(200).map((notice, i) => ({ notice, device: i.toString(16).padStart(64, "0"), now: now + i * 60 }));
    const [, ...made] = requests("apns", [{ app: { team, key_id, bundle, key: pem(privateKey), server: origin } }, ...lines]);
    for (const [i, request] of made.entries()) {
      clock = lines[i].now;
      const answer = await post(session, request);
      assert.equal(answer.status, 200, answer.body);
      const { notice, device } = lines[i];
      const { payload, headers, ...rest } = taken.at(-1);
      assert.equal(rest.device, device);
      assert.deepEqual(payload.aps.alert, notice.title === "" ? { body: notice.text } : { title: notice.title, body: notice.text });
      const { aps, ...others } = payload;
      assert.deepEqual(others, { id: notice.id, topic: notice.topic, lang: notice.language, link: notice.link });
      assert.equal(headers["apns-id"].replaceAll("-", ""), notice.id);
      assert.equal(headers["apns-collapse-id"], notice.topic);
    }
    const times = [...new Set(taken.map(({ claims }) => claims.iat))];
    assert.deepEqual(times.map((time) => (time - now) / 60), [0, 40, 80, 120, 160]);

    // The judge refuses what it should: a forged token, an old one, a phone that is gone.
    const last = made.at(-1);
    const bearer = last.headers.authorization.replace("bearer ", "");
    const refused = async (request) => JSON.parse((await post(session, request)).body).reason;
    assert.equal(await refused({ ...last, headers: { ...last.headers, authorization: `bearer ${forged(bearer)}` } }), "InvalidProviderToken");
    assert.equal(await refused({ ...last, url: `${origin}/3/device/${"b".repeat(64)}` }), "Unregistered");
    clock += 3600;
    assert.equal(await refused(last), "ExpiredProviderToken");
  });
  return taken.length;
}

async function judgeGoogle() {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const account = { project: "games-example", email: "push@games-example.iam.gserviceaccount.com", key_id: "0123abcd", publicKey };
  const taken = [];
  await withServer(google(account, () => now, taken), async (origin, session) => {
    account.token_uri = `${origin}/token`;
    const file = JSON.stringify({
      type: "service_account", project_id: account.project, private_key_id: account.key_id, private_key: pem(privateKey),
      client_email: account.email, token_uri: account.token_uri,
    });
    const first = { account: file, server: origin, now };
    const [asking] = requests("fcm", [first]);
    const granted = await post(session, asking);
    assert.equal(granted.status, 200, granted.body);

    const lines = notices(200).map((notice, i) => ({ notice, device: `device-${i}:APA91b_`, now: now + i }));
    const [, accepted, ...made] = requests("fcm", [first, { token_answer: granted.body, now }, ...lines]);
    assert.equal(accepted, true);
    for (const [i, request] of made.entries()) {
      const answer = await post(session, request);
      assert.equal(answer.status, 200, answer.body);
      const { notice, device } = lines[i];
      const message = taken.at(-1);
      assert.equal(message.token, device);
      assert.deepEqual(message.notification, notice.title === "" ? { body: notice.text } : { title: notice.title, body: notice.text });
      assert.deepEqual(message.data, { id: notice.id, topic: notice.topic, lang: notice.language, link: notice.link });
      assert.equal(message.android.collapse_key, notice.topic);
      assert.equal(message.android.ttl, `${notice.lifetime_s}s`);
    }

    // The judge refuses what it should: a forged assertion, and a message without a token of its own.
    const assertion = Buffer.from(asking.body, "base64").toString().split("&assertion=")[1];
    const body = Buffer.from(asking.body, "base64").toString().replace(assertion, forged(assertion));
    assert.equal((await post(session, { ...asking, body: Buffer.from(body).toString("base64") })).status, 400);
    assert.equal((await post(session, { ...made[0], headers: { ...made[0].headers, authorization: "Bearer ya29.other" } })).status, 401);
  });
  return taken.length;
}

const [byApple, byGoogle] = [await judgeApple(), await judgeGoogle()];
console.log(`${byApple} messages taken as APNs takes them and ${byGoogle} as FCM v1, over HTTP/2, in ${languages.length} languages`);
