// Two unmodified browser clients in Debian's Chromium, on a page of another origin than the server:
// every event is stored exactly once. Status 77, with the reason, without a browser.
//
// usage: node browser_test.mjs ALTIS        (ALTIS_CHROMIUM names another browser)
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AltisServer, assertStoredOnce } from './altis_server.mjs';
import { RecordingProxy, PASS, RESET, SWALLOW } from './recording_proxy.mjs';

const SKIPPED = 77;
const EVENTS = 12;
const GIVE_UP_MS = 20_000;
const CLIENTS = fileURLToPath(
  new URL('../../build/third_party/sdks/node_modules/', import.meta.url));
const SCRIPTS = {
  '/segment.js': '@segment/analytics-next/dist/umd/index.js',
  '/posthog.js': 'posthog-js/dist/array.full.no-external.js',
};

// What the page runs: the events of both clients, as their documentation says.
const segmentPage = (host, key) => `
  window.AnalyticsNext.AnalyticsBrowser.load({ writeKey: '${key}', cdnURL: '${host}' }, {})
    .then(async ([analytics]) => {
      await analytics.page('Results');
      await analytics.identify('fan-1', { language: 'ja' });
      for (let i = 2; i < ${EVENTS}; ++i) {
        await analytics.track('Content Viewed', { kind: 'replay', dwell_ms: i });
      }
    });`;

const posthogPage = (host, key) => `
  posthog.init('${key}', { api_host: '${host}', autocapture: false, capture_pageleave: false,
    person_profiles: 'always', request_batching: true, opt_out_useragent_filter: true,
    loaded: (client) => {
      client.identify('fan-1', { language: 'ja' });
      for (let i = 2; i < ${EVENTS}; ++i) {
        client.capture('Content Viewed', { kind: 'replay', dwell_ms: i });
      }
    } });`;

function findBrowser() {
  const named = process.env.ALTIS_CHROMIUM ?? 'chromium';
  const found = spawnSync(named, ['--version'], { encoding: 'utf8' });
  return found.status === 0 ? named : null;
}

// Serves one page that runs a client, from an origin of its own.
function servePage(script, code) {
  const server = http.createServer((request, response) => {
    const file = SCRIPTS[request.url];
    response.setHeader('content-type', file ? 'text/javascript' : 'text/html');
    response.end(file ? readFileSync(join(CLIENTS, file))
      : `<!doctype html><title>p</title><script src="${script}"></script><script>${code}</script>`);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

// Opens a page until all its events are acknowledged; gives their ids.
async function drive(browser, server, name, script, code, fate) {
  const proxy = new RecordingProxy(server.port, fate);
  const page = await servePage(script, code(await proxy.listen(), server.ingestKey));
  const child = spawn(browser, ['--headless', '--no-sandbox', '--disable-gpu',
    '--disable-background-networking', '--no-first-run',
    `--user-data-dir=${join(server.folder, name)}`, '--remote-debugging-port=0',
    `http://127.0.0.1:${page.address().port}/`], { stdio: 'ignore' });
  const begin = performance.now();
  while (proxy.acknowledged.size < EVENTS && performance.now() - begin < GIVE_UP_MS) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  page.close();
  page.closeAllConnections();
  proxy.close();
  if (proxy.acknowledged.size !== EVENTS) {
    throw new Error(`${name}: ${proxy.acknowledged.size} of ${EVENTS} events were acknowledged, ` +
      `${proxy.sent.size} sent; answers ${JSON.stringify([...proxy.statuses])}`);
  }
  const copies = [...proxy.sent.values()].reduce((sum, times) => sum + times, 0) - EVENTS;
  console.log(`ok  ${name}: ${EVENTS} events, ${copies} copies, ` +
    `${Math.round(performance.now() - begin)} ms`);
  return [...proxy.sent.keys()];
}

const browser = findBrowser();
if (!browser) {
  console.log("skipped: there is no chromium; install Debian's chromium");
  process.exit(SKIPPED);
}
const server = new AltisServer(process.argv[2]);
try {
  await server.start();
  await server.foundGames();
  const rough = (number) => (number === 3 ? SWALLOW : number === 5 ? RESET : PASS);
  const sent = [
    ...await drive(browser, server, 'segment', '/segment.js', segmentPage),
    ...await drive(browser, server, 'posthog', '/posthog.js', posthogPage),
    ...await drive(browser, server, 'segment rough', '/segment.js', segmentPage, rough),
  ];
  await server.stop();
  assertStoredOnce(sent, server.storedIds());
  console.log(`ok  ${sent.length} events, each stored once`);
} finally {
  server.process.kill('SIGKILL');
  server.remove();
}
process.exit(0);
