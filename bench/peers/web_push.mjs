// Encrypts and signs one notice for COUNT browsers with npm's web-push: node web_push.mjs NPM_FOLDER COUNT
// Prints {"rate"}, messages per CPU-second. Nothing is sent; web-push makes what it would send.
import { createECDH, randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.resolve(process.argv[2], "package.json"));
const webPush = require("web-push");
const count = Number(process.argv[3]);

const vapid = webPush.generateVAPIDKeys();
const vapidDetails = { subject: "mailto:push@games.example", publicKey: vapid.publicKey, privateKey: vapid.privateKey };
const browsers = Array.from({ length: count }, (_, i) => {
  const key = createECDH("prime256v1");
  key.generateKeys();
  const keys = { p256dh: key.getPublicKey("base64url"), auth: randomBytes(16).toString("base64url") };
  return { endpoint: `https://push${i % 3}.example/push/${i}`, keys };
});
// As long as ours: what http_ece makes of 921 bytes is a body of 1,024.
const payload = JSON.stringify({ title: "Free skate", body: "Kaori Sakamoto scored 147.67: silver." }).padEnd(921);

const options = { vapidDetails, TTL: 3600, urgency: "normal", contentEncoding: "aes128gcm" };
const run = (some) => {
  for (const browser of some) webPush.generateRequestDetails(browser, payload, options);
};
run(browsers.slice(0, Math.ceil(count / 10)));
const begin = process.cpuUsage();
run(browsers);
const spent = process.cpuUsage(begin);
console.log(JSON.stringify({ rate: (count * 1e6) / (spent.user + spent.system) }));
