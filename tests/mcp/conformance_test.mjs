// The endpoint for assistants under the official conformance runner, @modelcontextprotocol/conformance: all its scenarios
// for servers, at each revision that both know. What the runner wants beyond a server of tools is named in
// conformance_exceptions.mjs with the reason; anything else that fails, and an exception that nothing needs, fails here.
//
// usage: node conformance_test.mjs ALTIS
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AltisServer } from '../sdk/altis_server.mjs';
import { EXCEPTIONS } from './conformance_exceptions.mjs';

const RUNNER = fileURLToPath(new URL('../../build/npm/mcp/node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url));
const PRELOADED = new URL('node_fs_with_glob.mjs', import.meta.url).href;
const REVISIONS = ['2025-06-18', '2025-11-25', '2026-07-28'];

// The sample tools of the runner that ours can stand in for: one that answers and one that fails.
const STAND_INS = {
  test_simple_text: { name: 'medal_table', arguments: { edition: 'owg2026' } },
  test_error_handling: { name: 'medal_table', arguments: { edition: 'no-such-games' } },
};

// The body with a tool of ours in the place of the runner's.
function withOurTool(body, headers) {
  const sample = /"name":"(test_\w+)"/.exec(body)?.[1];
  if (!(sample in STAND_INS)) return body;
  const message = JSON.parse(body);
  if (message.method !== 'tools/call') return body;
  Object.assign(message.params, STAND_INS[sample]);
  if ('mcp-name' in headers) headers['mcp-name'] = message.params.name;
  return JSON.stringify(message);
}

// The runner sends no key, and the endpoint answers nobody without one: what it sends goes through here, unchanged but for
// that and the tools above.
async function withKey(port, key) {
  const proxy = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const headers = { ...request.headers, authorization: `Bearer ${key}` };
    const body = withOurTool(Buffer.concat(parts).toString(), headers);
    delete headers['transfer-encoding'];
    if (request.method === 'POST') headers['content-length'] = Buffer.byteLength(body);
    const asked = http.request({ host: '127.0.0.1', port, path: request.url, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    asked.on('error', () => response.destroy());
    asked.end(body);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return proxy;
}

async function reader(server) {
  await server.foundGames();
  const admin = readFileSync(join(server.data, 'admin.key'), 'utf8').trim();
  await server.ask('POST', '/v1/ownerships', admin, { organisation: 'la28', category: 'results', edition: 'owg2026' });
  return (await server.ask('POST', '/v1/keys', admin,
    { id: 'mcp-reader', organisation: 'la28', edition: 'owg2026', scopes: ['results'] })).secret;
}

// All checks of one revision: [{scenario, id, status, why}].
async function run(url, revision, folder) {
  mkdirSync(folder);
  const options = ['--url', url, '--suite', 'all', '--spec-version', revision, '--timeout', '20000', '-o', folder];
  const runner = spawn(process.execPath, ['--import', PRELOADED, RUNNER, 'server', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  runner.stdout.on('data', (part) => { said += part; });
  await once(runner, 'close');
  const checks = [];
  for (const name of readdirSync(folder)) {
    const scenario = name.match(/^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/)?.[1];
    assert.ok(scenario, name);
    for (const check of JSON.parse(readFileSync(join(folder, name, 'checks.json'), 'utf8')))
      checks.push({ scenario, id: check.id, status: check.status, why: check.errorMessage ?? check.details?.message ?? '' });
  }
  assert.ok(checks.length > 30, `the runner has not run: ${said}`);
  return checks;
}

const server = new AltisServer(process.argv[2]);
let proxy;
try {
  await server.start();
  proxy = await withKey(server.port, await reader(server));
  const url = `http://127.0.0.1:${proxy.address().port}/mcp`;
  const needed = new Set();
  const wrong = [];
  for (const revision of REVISIONS) {
    const checks = await run(url, revision, join(server.folder, revision));
    const left = new Set();
    for (const { scenario, id, status, why } of checks) {
      if (status !== 'FAILURE' && status !== 'WARNING') continue;
      const exception = EXCEPTIONS.find(({ scenarios = [], checks: single = [] }) =>
        scenarios.includes(scenario) || single.includes(id));
      // The bytes must be the protocol's in any case.
      if (exception !== undefined && id !== 'wire-schema-valid' && why.match(exception.says)) {
        const isWhole = exception.scenarios?.includes(scenario);
        needed.add(isWhole ? scenario : id);
        if (isWhole) left.add(scenario);
      } else {
        wrong.push(`${revision} ${scenario} ${id}: ${why}`);
      }
    }
    const passed = checks.filter(({ scenario, status }) => status === 'SUCCESS' && !left.has(scenario));
    const count = new Set(checks.map(({ scenario }) => scenario)).size - left.size;
    console.log(`${revision}: ${passed.length} checks passed in ${count} scenarios; ${left.size} ask for what is not offered`);
  }
  for (const exception of EXCEPTIONS.flatMap(({ scenarios = [], checks = [] }) => [...scenarios, ...checks]))
    if (!needed.has(exception)) wrong.push(`nothing needs the exception '${exception}' any more`);
  assert.equal(wrong.length, 0, wrong.join('\n'));
} finally {
  proxy?.close();
  if (server.process !== undefined) await server.stop();
  server.remove();
}
