// The real program tells a real Firefox: a result becomes official, and the browser's service worker reads the message
// that states it; then the result is corrected, and so is the message.
//   node program_test.mjs ALTIS
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { AltisServer } from "../sdk/altis_server.mjs";
import { firefoxProgram, startFirefox } from "./firefox.mjs";
import { certificate } from "./phone_services.mjs";
import { comesTrue, ProgramGames } from "./program_games.mjs";
import { startPushService } from "./push_service.mjs";

if (firefoxProgram === undefined) {
  console.log("skipped: there is no Firefox; install Debian's firefox-esr");
  process.exit(77);
}

const tls = certificate();
const service = await startPushService(tls);
const server = new AltisServer(process.argv[2]);
server.environment = { SSL_CERT_FILE: path.join(server.folder, "certificate.pem") };
writeFileSync(server.environment.SSL_CERT_FILE, tls.cert);
server.configure(`[channels]\nallow_private = true\nsender = "The Games"\ncontact = "mailto:ops@example.org"\npublic_url = "https://games.example.org"\n`);

const shown = []; // what the worker read
const received = (message) => shown.push({ ...message, at: performance.now() });
async function arrival(count) {
  await comesTrue(() => shown.length >= count, () => `messages that Firefox read: ${JSON.stringify(shown)}\n${server.log()}`);
  assert.equal(shown.length, count);
  return shown.at(-1);
}

let firefox;
try {
  await server.start();
  const games = await ProgramGames.found(server, ["fan-12"]);
  const { web_push_key: key } = await server.ask("GET", "/v1/channels", games.owner);
  firefox = await startFirefox({ pushUrl: service.browserUrl, key, received });
  await games.subscribe("fan-12", { channel: "web_push", ...firefox.subscription });

  const begin = performance.now();
  await games.publish();
  const first = await arrival(1);
  assert.match(first.body, /226\.79/);
  assert.equal(first.title, "Alysa LIU: gold");
  assert.match(first.body, /Alysa LIU/);
  assert.equal(first.lang, "en");
  console.log(`Firefox read it ${Math.round(first.at - begin)} ms after the result was sent: ${first.body}`);

  await games.correct();
  const corrected = await arrival(2);
  assert.match(corrected.body, /226\.78/);
  assert.equal(corrected.topic, first.topic, "it replaces what it puts right");
  console.log(`and what replaces it: ${corrected.body}`);
} finally {
  await firefox?.close();
  await server.stop();
  server.remove();
  service.close();
}
