// The browser's verifier against a real server: honest proofs hold, and whatever is changed is
// refused by name; in Node, and in Chromium where there is one.
//
// usage: node verify_test.mjs ALTIS
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import * as verifier from '../../web/dist/verify.js';
import { Browser, findBrowser } from './browser.mjs';
import { Games, UNIT } from './games.mjs';
import { checkAll } from './tampering.mjs';

const MAX_BYTES = 10_000;
const GIVE_UP_MS = 30_000;
const VERSIONS = 13;

const code = readFileSync(new URL('../../web/dist/verify.js', import.meta.url));
assert.ok(code.length <= MAX_BYTES, `the verifier has ${code.length} bytes`);

// What an honest server answers about its log.
async function askHonest(games) {
  const text = async (path) => (await games.get(path)).text();
  const json = async (path) => (await games.get(path)).json();
  const key = (await json('/v1/log/key')).key;
  const skater = { code: '101', given: 'Ami', family: 'Ito', result: '226.79' };
  let fact;
  let older;
  for (let version = 1; version <= VERSIONS; ++version) {
    const sent = await games.result(version, [skater]);
    if (version === 6) fact = sent;
    if (version === 11) older = await text('/v1/log/checkpoint');
  }
  const tile = [...new Uint8Array(await (await games.get('/v1/log/tiles/0/0')).arrayBuffer())];
  const grown = await json('/v1/log/consistency?from=11');
  return { key, older, newer: await text('/v1/log/checkpoint'), path: grown.path,
    proof: await json(`/v1/log/proofs/${fact.offset}`), tiles: { '0/0': tile } };
}

// A page that runs the same cases and posts what it found.
function servePage(honest) {
  const files = { '/verify.js': code,
    '/tampering.mjs': readFileSync(new URL('tampering.mjs', import.meta.url)) };
  const page = `<!doctype html><title>p</title><script type="module">
    const report = (body) => fetch('/report', { method: 'POST', body: JSON.stringify(body) });
    try {
      const { checkAll } = await import('/tampering.mjs');
      const honest = await (await fetch('/honest')).json();
      report(await checkAll(await import('/verify.js'), honest));
    } catch (error) { report({ cases: 0, problems: [String(error)] }); }
    </script>`;
  const server = http.createServer();
  const reported = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('the browser reports nothing')), GIVE_UP_MS).unref();
    server.on('request', async (request, response) => {
      if (request.url === '/report') {
        let body = '';
        for await (const chunk of request) body += chunk;
        resolve(JSON.parse(body));
      }
      const script = files[request.url];
      response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
      response.end(script ?? (request.url === '/honest' ? JSON.stringify(honest) : page));
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, reported,
      url: `http://127.0.0.1:${server.address().port}/` }));
  });
}

const games = new Games(process.argv[2]);
try {
  await games.found();
  await games.schedule();
  const honest = await askHonest(games);
  const proved = await verifier.verifyFact(honest.proof, honest.key);
  assert.equal(proved.fact, `results/${UNIT}/6`);
  assert.equal(proved.version, 6);
  assert.equal(proved.index, honest.proof.index);
  assert.equal(proved.record.lines[0].result, '226.79');
  const grown = await verifier.verifyConsistency(honest.older, honest.newer, honest.path, honest.key);
  assert.deepEqual([grown.from, grown.to], [11, VERSIONS]);
  const inNode = await checkAll(verifier, honest);
  assert.deepEqual(inNode.problems, []);
  console.log(`ok  Node: ${inNode.cases} cases, each refused by its name; ${code.length} bytes`);

  const program = findBrowser();
  if (program) {
    const { server, reported, url } = await servePage(honest);
    const browser = new Browser(program);
    const inBrowser = await browser.open(url).then(() => reported).finally(() => browser.close());
    server.close();
    server.closeAllConnections();
    assert.deepEqual(inBrowser, inNode);
    console.log(`ok  Chromium: the same ${inBrowser.cases} cases`);
  } else {
    console.log("no browser: there is no chromium; install Debian's chromium");
  }
  assert.equal(await games.server.stop(), 0);
} finally {
  games.server.process.kill('SIGKILL');
  games.server.remove();
}
process.exit(0);
