// The real program sends mail through a real mail server, Debian's Exim. What lies in the mailbox states the official
// result, is titled by it in the reader's language, and is signed for dkimpy; one click ends it.
//   node program_mail_test.mjs ALTIS
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { AltisServer } from "../sdk/altis_server.mjs";
import { comesTrue, ProgramGames } from "./program_games.mjs";

const PYTHON = "/usr/bin/python3"; // where Debian's packages for Python are
const HERE = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const SUBJECTS = {
  en: "Alysa LIU: gold", fr: "Alysa LIU\u00a0: médaille d’or", es: "Alysa LIU: medalla de oro", pt: "Alysa LIU: medalha de ouro",
  de: "Alysa LIU: Gold", it: "Alysa LIU: medaglia d’oro", ja: "Alysa LIU選手: 金メダル", zh: "Alysa LIU：金牌",
  ko: "Alysa LIU: 금메달", ar: "\u2068Alysa LIU\u2069: الميدالية الذهبية", ru: "Alysa LIU: золото", hi: "Alysa LIU: स्वर्ण पदक",
};
const FANS = [...Object.keys(SUBJECTS).map((language) => ({ id: `fan-${language}`, language })),
  ...["later", "never", "elsewhere"].map((id) => ({ id, language: "en" }))];

const skip = (why) => {
  console.log(`skipped: ${why}`);
  process.exit(77);
};

// Exim in a folder of its own; {port, stop}.
async function startExim(folder) {
  const exim = spawn(PYTHON, [path.join(HERE, "mail_server.py"), folder], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((done) => exim.once("exit", done));
  const stop = () => { exim.stdin.end(); return ended; };
  const first = createInterface({ input: exim.stdout })[Symbol.asyncIterator]().next();
  const port = await Promise.race([first.then(({ value }) => value), ended]);
  if (port === 77) skip("Exim is not there");
  assert.match(`${port}`, /^\d+$/, `Exim ended with ${port}`);
  return { port, stop };
}

const folder = mkdtempSync(path.join(tmpdir(), "altis-mail-"));
const server = new AltisServer(process.argv[2]);
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const keyFile = path.join(server.folder, "dkim.pem");
const publicFile = path.join(server.folder, "dkim.der");
writeFileSync(keyFile, privateKey.export({ type: "pkcs8", format: "pem" }));
writeFileSync(publicFile, publicKey.export({ type: "spki", format: "der" }));
if (spawnSync(PYTHON, ["-c", "import dkim"]).status !== 0) skip("Debian's python3-dkim is not there");

// All mail that Exim has put into the mailbox, as others read it.
function mailbox() {
  const arrived = path.join(folder, "mail", "new");
  const files = readdirSync(arrived).map((name) => path.join(arrived, name));
  const lines = execFileSync(PYTHON, [path.join(HERE, "read_mail.py"), "altis", "games.example", publicFile, ...files],
    { encoding: "utf8", maxBuffer: 1 << 26 });
  return lines.trim().split("\n").map((line) => JSON.parse(line));
}

function arrivals() {
  try {
    return readdirSync(path.join(folder, "mail", "new")).length;
  } catch {
    return 0; // nothing has come yet
  }
}

let exim;
try {
  exim = await startExim(folder);
  server.configure(`[channels]
allow_private = true
sender = "The Games"
public_url = "https://games.example"
[email]
relay = "127.0.0.1:${exim.port}"
from = "news@games.example"
dkim_selector = "altis"
dkim_key_file = "${keyFile}"
`);
  await server.start();
  const games = await ProgramGames.found(server, FANS);
  for (const { id } of FANS) {
    const domain = id === "elsewhere" ? "elsewhere.example" : "mail.example"; // Exim takes mail for one of them
    await games.subscribe(id, { channel: "email", address: `${id}@${domain}` });
  }
  await games.shield("later", { state: "delayed", until: "2100-01-01T00:00:00Z" });
  await games.shield("never", { state: "no_results" });

  await games.publish();
  for (const language of Object.keys(SUBJECTS)) await games.becomes(`fan-${language}`, "delivered");
  const expected = FANS.length - 2; // all but those who want nothing and whom Exim refuses
  await comesTrue(() => arrivals() >= expected, () => `${arrivals()} of ${expected} mails\n${server.log()}`);
  const mail = mailbox();
  assert.equal(mail.length, expected);
  for (const one of mail) {
    assert.equal(one.signed, true, one.subject);
    assert.equal(one.from, "The Games <news@games.example>");
    assert.equal(one.fields["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
    assert.equal(one.fields["return-path"] ?? "<news@games.example>", "<news@games.example>");
  }
  const to = (id) => mail.find((one) => one.to === `${id}@mail.example`);
  for (const [language, subject] of Object.entries(SUBJECTS)) {
    const one = to(`fan-${language}`);
    assert.equal(one.subject, subject);
    assert.equal(one.fields["content-language"], language);
    assert.ok(one.html.includes("https://app.example.org/unit"));
  }
  assert.match(to("fan-en").text, /226\.79/);
  assert.match(to("fan-fr").text, /226,79/);

  // Who watches later reads that it is decided, in the subject too, and nothing of how. The link to unsubscribe is left
  // out: its random letters may spell any number.
  const notice = to("later");
  assert.equal(notice.subject, "Decided: Free Skating");
  const read = `${notice.subject} ${notice.text} ${notice.html}`.replaceAll(/\/unsubscribe\/[0-9a-f]+/g, "");
  assert.match(read, /Decided: Free Skating/);
  assert.doesNotMatch(read, /226|gold|Liu/i);

  // An address that Exim refuses for good has ended.
  await games.becomes("elsewhere", "failed");
  assert.deepEqual(await games.addresses("elsewhere"), []);

  // One click, as a mail program does it; the correction then goes to all others.
  const link = new URL(to("fan-de").fields["list-unsubscribe"].replace(/[<>\s]/g, ""));
  assert.equal(link.origin, "https://games.example");
  const click = await fetch(server.url + link.pathname + link.search, { method: "POST", body: "List-Unsubscribe=One-Click",
    headers: { "content-type": "application/x-www-form-urlencoded" } });
  assert.equal(click.status, 200);
  assert.deepEqual(await games.addresses("fan-de"), []);
  await games.correct();
  await comesTrue(() => arrivals() >= expected + Object.keys(SUBJECTS).length - 1, () => server.log());
  const corrected = mailbox().filter(({ text }) => /226[.,]78/.test(text));
  assert.equal(corrected.filter((one) => one.to === "fan-en@mail.example").length, 1);
  assert.equal(corrected.filter((one) => one.to === "fan-de@mail.example").length, 0);
  assert.ok(corrected.every(({ signed }) => signed));
  console.log(`${arrivals()} mails of the program delivered by Exim, all signed for dkimpy, titled in ${Object.keys(SUBJECTS).length} ` +
    `languages: "${to("fan-en").subject}", "${to("fan-fr").subject}"; one click ended it`);
} finally {
  if (server.process !== undefined) await server.stop();
  await exim?.stop();
  server.remove();
  rmSync(folder, { recursive: true, force: true });
}
