// The real program tells a real Firefox: a result becomes official, and the browser's service worker reads the message
// that states it; then the result is corrected, and so is the message.
//   node program_test.mjs ALTIS
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { AltisServer } from "../sdk/altis_server.mjs";
import { firefoxProgram, startFirefox } from "./firefox.mjs";
import { certificate } from "./phone_services.mjs";
import { startPushService } from "./push_service.mjs";

if (firefoxProgram === undefined) {
  console.log("skipped: there is no Firefox; install Debian's firefox-esr");
  process.exit(77);
}

const UNIT = "FSKWSINGLES-----------FNL-000100--";
const ARRIVAL_MS = 30_000;
const HEAD = 'CompetitionCode="OWG2026" FeedFlag="P" Date="2026-02-19" Time="221000000" LogicalDate="2026-02-19" Source="MILFSK1"';
const SCHEDULE = `<OdfBody ${HEAD} DocumentCode="FSK-------------------------------" DocumentType="DT_SCHEDULE" Version="1">
  <Competition><Unit Code="${UNIT}" Medal="1" Venue="MIL"><ItemName Language="ENG" Value="Free Skating" /></Unit></Competition></OdfBody>`;

const official = (version, total, free, note = "") => `<OdfBody ${HEAD} DocumentCode="${UNIT}" DocumentType="DT_RESULT" Version="${version}"
  ResultStatus="OFFICIAL">${note}<Competition><Result Rank="1" SortOrder="1" Result="${total}" ResultType="POINTS"><ExtendedResults>
  <ExtendedResult Type="ER" Code="SHORT" Value="76.59" /><ExtendedResult Type="ER" Code="FREE" Value="${free}" /></ExtendedResults>
  <Competitor Code="1000001" Type="A" Organisation="USA"><Composition><Athlete Code="1000001" Order="1">
  <Description GivenName="Alysa" FamilyName="LIU" Organisation="USA" /></Athlete></Composition></Competitor></Result></Competition></OdfBody>`;

// An edition with a campaign for those who read charts, and a fan who does, follows the skater and consents.
async function prepare(server) {
  const admin = readFileSync(path.join(server.data, "admin.key"), "utf8").trim();
  await server.foundGames();
  for (const category of ["commerce", "results"])
    await server.ask("POST", "/v1/ownerships", admin, { organisation: "la28", category, edition: "owg2026" });
  const scopes = ["read", "rights", "fans", "segments", "results", "results:write", "messages", "market"];
  const key = async (id, some) => (await server.ask("POST", "/v1/keys", admin, { id, organisation: "la28", edition: "owg2026", scopes: some })).secret;
  const owner = await key("owner", scopes);
  await server.ask("PUT", "/v1/segments/chart-readers", owner, { kind: "cohort", rule: "dwell(technical_chart) > 0" });
  await server.ask("POST", "/v1/campaigns", owner, {
    id: "caps", name: "Caps", edition: "owg2026", organisation: "la28", shares: [{ organisation: "la28", basis_points: 10_000 }],
    window_hours: 24, audience: "chart-readers", link: "https://app.example.org/unit",
  });
  const event = (n, name, properties) => ({ type: "track", messageId: `m-${n}`, userId: "fan-12", event: name, properties });
  await server.ask("POST", "/v1/batch", server.ingestKey, { batch: [
    event(1, "Consent Updated", { purpose: "messages", given: true }),
    event(2, "Content Viewed", { kind: "technical_chart", dwell_ms: 1000 }),
    event(3, "Athlete Followed", { athlete: "1000001" }),
  ] });
  return { owner, second: await key("second", ["results:correct"]) };
}

const tls = certificate();
const service = await startPushService(tls);
const server = new AltisServer(process.argv[2]);
server.environment = { SSL_CERT_FILE: path.join(server.folder, "certificate.pem") };
writeFileSync(server.environment.SSL_CERT_FILE, tls.cert);
server.configure(`[channels]\nallow_private = true\nsender = "The Games"\ncontact = "mailto:ops@example.org"\npublic_url = "https://games.example.org"\n`);

const shown = []; // what the worker read, and who waits for more
let wake = () => {};
const received = (message) => { shown.push({ ...message, at: performance.now() }); wake(); };
async function arrival(count) {
  const end = performance.now() + ARRIVAL_MS;
  while (shown.length < count && performance.now() < end)
    await Promise.race([new Promise((done) => { wake = done; }), new Promise((done) => setTimeout(done, 500))]);
  assert.equal(shown.length, count, `messages that Firefox read: ${JSON.stringify(shown)}\n${server.log()}`);
  return shown.at(-1);
}

let firefox;
try {
  await server.start();
  const { owner, second } = await prepare(server);
  const odf = async (body) => {
    const headers = { authorization: `Bearer ${owner}`, "content-type": "application/xml" };
    const answer = await fetch(`${server.url}/v1/odf`, { method: "POST", body, headers });
    assert(answer.ok, await answer.text());
  };
  await odf(SCHEDULE);

  const { web_push_key: key } = await server.ask("GET", "/v1/channels", owner);
  firefox = await startFirefox({ pushUrl: service.browserUrl, key, received });
  await server.ask("POST", "/v1/fans/fan-12/subscriptions", owner, { channel: "web_push", ...firefox.subscription });

  const begin = performance.now();
  await odf(official(1, "226.79", "150.20"));
  const first = await arrival(1);
  assert.match(first.body, /226\.79/);
  assert.match(first.body, /LIU|Liu/);
  assert.equal(first.lang, "en");
  console.log(`Firefox read it ${Math.round(first.at - begin)} ms after the result was sent: ${first.body}`);

  // What changes an official result is held until another key has looked at it.
  await odf(official(2, "226.78", "150.19", '<Note Value="element 3 reviewed" />'));
  const { items } = await server.ask("GET", "/v1/results/held", second);
  assert.equal(items.length, 1);
  await server.ask("POST", `/v1/results/held/${items[0].held}/release`, second, { reason: "element 3 reviewed" });
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
