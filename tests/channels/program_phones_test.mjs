// The real program sends to APNs and FCM: it signs the tokens that their servers check, and a fan's telephone gets the
// message that states the official result, then its correction. A token that is gone ends, and who says "later" is heard.
//   node program_phones_test.mjs ALTIS
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { AltisServer } from "../sdk/altis_server.mjs";
import { apple, certificate, google, serve } from "./phone_services.mjs";
import { comesTrue, ProgramGames } from "./program_games.mjs";

const WAIT_S = 2;
const FANS = ["told", "later", "never", "gone", "busy"].flatMap((what) => [`apns-${what}`, `fcm-${what}`])
  .concat("apns-bad", "fcm-lost");
const device = (fan) => (fan.startsWith("apns")
  ? Buffer.from(fan).toString("hex").padEnd(64, "0") // what a token of APNs looks like
  : `${fan}:APA91b_`);
const pem = (key) => key.export({ type: "pkcs8", format: "pem" });
const clock = () => Date.now() / 1000;
const noting = (answer, log) => (headers, body) => {
  const answered = answer(headers, body);
  log.push({ path: headers[":path"], at: performance.now(), status: answered[0] });
  return answered;
};

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const app = { team: "TEAM012345", key_id: "KEY0123456", bundle: "org.example.games", publicKey: ec.publicKey,
  gone: new Set([device("apns-gone")]), bad: new Set([device("apns-bad")]), busy: new Map([[device("apns-busy"), WAIT_S]]) };
const account = { project: "games-example", email: "push@games-example.iam.gserviceaccount.com", key_id: "0123abcd",
  publicKey: rsa.publicKey, gone: new Set([device("fcm-gone")]), lost: new Set([device("fcm-lost")]), busy: new Map([[device("fcm-busy"), WAIT_S]]) };
const taken = { apns: [], fcm: [] };
const asked = { apns: [], fcm: [] };
const tls = certificate();
const apns = await serve(tls, noting(apple(app, clock, taken.apns), asked.apns));
const fcm = await serve(tls, noting(google(account, clock, taken.fcm), asked.fcm));
account.token_uri = `${fcm.origin}/token`;

const server = new AltisServer(process.argv[2]);
const file = (name, content) => {
  writeFileSync(path.join(server.folder, name), content);
  return path.join(server.folder, name);
};
server.environment = { SSL_CERT_FILE: file("certificate.pem", tls.cert) };
server.configure(`[channels]
allow_private = true
first_retry_ms = 100
sender = "The Games"
[apns]
key_file = "${file("apns.p8", pem(ec.privateKey))}"
key_id = "${app.key_id}"
team = "${app.team}"
bundle = "${app.bundle}"
url = "${apns.origin}"
[fcm]
account_file = "${file("account.json", JSON.stringify({ type: "service_account", project_id: account.project,
  private_key_id: account.key_id, private_key: pem(rsa.privateKey), client_email: account.email, token_uri: account.token_uri }))}"
url = "${fcm.origin}"
`);

// The messages to a device in one form: {title, body, id, topic, lang, link}.
const got = {
  apns: (to) => taken.apns.filter((one) => one.device === to).map(({ headers, payload: { aps, id, topic, lang, link } }) => {
    assert.equal(headers["apns-id"].replaceAll("-", ""), id);
    assert.equal(headers["apns-collapse-id"], topic);
    return { ...aps.alert, id, topic, lang, link };
  }),
  fcm: (to) => taken.fcm.filter((one) => one.token === to).map(({ notification, data, android }) => {
    assert.equal(android.collapse_key, data.topic);
    return { ...notification, ...data };
  }),
};

async function judge(games, channel) {
  const of = (what) => got[channel](device(`${channel}-${what}`));
  await games.becomes(`${channel}-told`, "delivered");
  await games.becomes(`${channel}-busy`, "delivered");
  await games.becomes(`${channel}-gone`, "failed");
  const [first, ...others] = of("told");
  assert.equal(others.length, 0);
  assert.equal(first.title, "Alysa LIU: gold");
  assert.match(first.body, /226\.79/);
  assert.equal(first.lang, "en");
  assert.equal(first.link, "https://app.example.org/unit");

  // Who watches later is told that it is decided, and nothing else; who wants no results, nothing.
  const [notice] = await comesTrue(() => of("later").length === 1 && of("later"), () => server.log());
  assert.deepEqual(of("never"), []);
  assert.equal(notice.title, "Decided: Free Skating");
  const { id, topic, ...read } = notice; // both are random letters and may spell any number
  assert.match(`${id} ${topic}`, /^[0-9a-f]+ \S+$/);
  assert.doesNotMatch(JSON.stringify(read), /226|gold|Liu/i);

  // A token that is gone is forgotten; one to wait for was waited for, and got the message once.
  assert.deepEqual(await games.addresses(`${channel}-gone`), []);
  assert.equal((await games.addresses(`${channel}-busy`)).length, 1);
  assert.equal(of("busy").length, 1);
  const told = asked[channel].findIndex(({ status }) => status === 429);
  const rest = asked[channel].slice(told + 1);
  assert.ok(told >= 0 && rest.some(({ status }) => status === 200));
  // What was under way when the server said so may still arrive; then nothing does for so long.
  const soon = rest.filter(({ at }) => at - asked[channel][told].at < WAIT_S * 1000 - 200);
  assert.ok(soon.every(({ at }) => at - asked[channel][told].at < 500), JSON.stringify(soon));
  return first;
}

try {
  await server.start();
  const games = await ProgramGames.found(server, FANS);
  const { channels } = await server.ask("GET", "/v1/channels", games.owner);
  assert.deepEqual(channels, ["apns", "fcm", "webhook"]);
  for (const fan of FANS) {
    const [channel, what] = fan.split("-");
    await games.subscribe(fan, { channel, token: device(fan) });
    if (what === "later") await games.shield(fan, { state: "delayed", until: "2100-01-01T00:00:00Z" });
    if (what === "never") await games.shield(fan, { state: "no_results" });
  }
  await games.publish();
  const first = { apns: await judge(games, "apns"), fcm: await judge(games, "fcm") };
  // A token of another app ends; a project that Google does not know is no reason to forget who is in it.
  for (const fan of ["apns-bad", "fcm-lost"]) await games.becomes(fan, "failed");
  assert.deepEqual(await games.addresses("apns-bad"), []);
  assert.equal((await games.addresses("fcm-lost")).length, 1);

  // The correction takes the place of what it puts right.
  await games.correct();
  for (const channel of ["apns", "fcm"]) {
    const messages = () => got[channel](device(`${channel}-told`));
    await comesTrue(() => messages().length === 2, () => server.log());
    const corrected = messages()[1];
    assert.match(corrected.body, /226\.78/);
    assert.equal(corrected.topic, first[channel].topic);
    assert.notEqual(corrected.id, first[channel].id);
    for (const what of ["gone", "never"]) assert.equal(got[channel](device(`${channel}-${what}`)).length, 0);
    assert.equal(got[channel](device(`${channel}-later`)).length, 1);
  }
  // Tokens are used again: one of Apple's for all (the server checked each), one access token of Google's.
  assert.equal(new Set(taken.apns.map(({ claims }) => claims.iat)).size, 1);
  assert.equal(account.grants, 1);
  console.log(`${taken.apns.length} messages of the program taken as APNs takes them and ${taken.fcm.length} as FCM v1: ` +
    `"${first.apns.title}" and its correction; tokens that are gone ended, and it waited as told`);
} finally {
  await server.stop();
  server.remove();
  apns.server.close();
  fcm.server.close();
}
