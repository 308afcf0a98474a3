// A headless Firefox of Debian's with a profile of its own, whose page subscribes to push messages as soon as it is opened.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";

export const firefoxProgram = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find((file) => existsSync(file));

const page = (key) => `<!doctype html><meta charset="utf-8"><title>push</title><script type="module">
const tell = (path, object) => fetch(path, { method: "POST", body: JSON.stringify(object) });
try {
  await navigator.serviceWorker.register("/worker.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  // Firefox loses what is asked before its own push service has started, a while after the first page: ask again.
  const options = { userVisibleOnly: true, applicationServerKey: ${JSON.stringify(key)} };
  const later = () => new Promise((done) => setTimeout(done, 2000));
  let subscription;
  let asked = 0;
  for (; subscription === undefined; ++asked) subscription = await Promise.race([pushManager.subscribe(options), later()]);
  // Of several that were asked for Firefox keeps one.
  if (asked > 1) subscription = await later().then(() => pushManager.getSubscription());
  await tell("/subscribed", subscription.toJSON());
} catch (error) {
  await tell("/failed", String(error));
}
</script>`;

const worker = `self.addEventListener("push", (event) => {
  const shown = event.data.json();
  event.waitUntil(fetch("/received", { method: "POST", body: JSON.stringify(shown) }));
});`;

const preferences = (pushUrl) => ({
  "app.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "dom.push.connection.enabled": true,
  "dom.push.enabled": true,
  "dom.push.serverURL": pushUrl,
  "dom.push.testing.allowInsecureServerURL": true,
  "dom.push.testing.ignorePermission": true,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "network.proxy.type": 0,
  "toolkit.telemetry.enabled": false,
});

// The page on loopback: subscribes with `key`, and hands what arrives to `received`.
async function servePage(key, received) {
  let subscribed;
  let failed;
  const subscription = new Promise((done, fail) => { subscribed = done; failed = fail; });
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const said = () => JSON.parse(Buffer.concat(parts));
    if (request.url === "/worker.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(worker);
    if (request.url === "/subscribed") subscribed(said());
    if (request.url === "/failed") failed(new Error(said()));
    if (request.url === "/received") received(said());
    return response.writeHead(200, { "content-type": "text/html" }).end(request.url === "/" ? page(key) : "");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { server, subscription, url: `http://localhost:${server.address().port}/` };
}

// Starts Firefox against a push service; gives {subscription, close}. `received` gets every payload that its service
// worker was handed.
export async function startFirefox({ pushUrl, key, received, timeoutMs = 60_000 }) {
  const profile = mkdtempSync(path.join(tmpdir(), "altis-firefox-"));
  const lines = Object.entries(preferences(pushUrl)).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
  writeFileSync(path.join(profile, "user.js"), lines.join(""));
  const { server, subscription, url } = await servePage(key, received);
  const browser = spawn(firefoxProgram, ["--headless", "--no-remote", "--profile", profile, url], {
    stdio: "ignore", env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: "1" },
  });
  const ended = new Promise((done) => browser.on("exit", done));
  const close = async () => {
    browser.kill("SIGKILL");
    await ended;
    server.close();
    server.closeAllConnections();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error("Firefox did not subscribe in time")), timeoutMs);
  });
  try {
    return { subscription: await Promise.race([subscription, late, ended.then(() => { throw new Error("Firefox ended"); })]), close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
