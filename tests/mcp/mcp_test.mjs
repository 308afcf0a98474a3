// The endpoint for assistants with the official clients of both generations of the protocol:
// @modelcontextprotocol/sdk 1.x (opens with `initialize`) and @modelcontextprotocol/client 2.x, as it
// comes, negotiating, and pinned to the stateless revision.
//
// usage: node mcp_test.mjs ALTIS
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AltisServer } from '../sdk/altis_server.mjs';

const npm = new URL('../../build/npm/mcp/node_modules/', import.meta.url);
const load = (path) => import(new URL(path, npm).href);
const v1 = await load('@modelcontextprotocol/sdk/dist/esm/client/index.js');
const v1http = await load('@modelcontextprotocol/sdk/dist/esm/client/streamableHttp.js');
const v2 = await load('@modelcontextprotocol/client/dist/index.mjs');

const UNIT = 'FSKWSINGLES-----------FNL-000100--';
const HEAD = 'CompetitionCode="OWG2026" FeedFlag="P" Date="2026-02-19" Time="200000000" ' +
  'LogicalDate="2026-02-19" Source="MILFSK1"';
const SCHEDULE = `<OdfBody ${HEAD} DocumentCode="FSK-------------------------------"
  DocumentType="DT_SCHEDULE" Version="1"><Competition><Unit Code="${UNIT}" Medal="1" Venue="MIL"
  StartDate="2026-02-19T19:00:00+01:00"><ItemName Language="ENG" Value="Free Skating" /></Unit>
  </Competition></OdfBody>`;
const line = (rank, code, given, family, score) => `<Result Rank="${rank}" SortOrder="${rank}"
  Result="${score}" ResultType="POINTS"><Competitor Code="${code}" Type="A" Organisation="JPN">
  <Composition><Athlete Code="${code}" Order="1"><Description GivenName="${given}"
  FamilyName="${family}" Organisation="JPN" /></Athlete></Composition></Competitor></Result>`;
const RESULT = `<OdfBody ${HEAD} DocumentCode="${UNIT}" DocumentType="DT_RESULT" Version="2"
  ResultStatus="OFFICIAL"><Competition>${line(1, 1001, 'Kaori', 'SAKAMOTO', '224.90')}
  ${line(2, 1002, 'Ami', 'NAKAI', '219.16')}</Competition></OdfBody>`;

async function found(server) {
  await server.foundGames();
  const admin = readFileSync(join(server.data, 'admin.key'), 'utf8').trim();
  const key = async (id, scopes) => (await server.ask('POST', '/v1/keys', admin,
    { id, organisation: 'la28', edition: 'owg2026', scopes })).secret;
  await server.ask('POST', '/v1/ownerships', admin,
    { organisation: 'la28', category: 'results', edition: 'owg2026' });
  const writer = await key('mcp-writer', ['results:write']);
  for (const xml of [SCHEDULE, RESULT]) {
    const answer = await fetch(`${server.url}/v1/odf`, { method: 'POST', body: xml,
      headers: { authorization: `Bearer ${writer}` } });
    assert.equal(answer.status, 200, await answer.text());
  }
  return { reader: await key('mcp-reader', ['results']), other: await key('mcp-other', ['ingest']) };
}

const headers = (key) => ({ requestInit: { headers: { authorization: `Bearer ${key}` } } });

const CLIENTS = {
  'sdk 1.x': async (url, key) => {
    const client = new v1.Client({ name: 'test', version: '1' });
    await client.connect(new v1http.StreamableHTTPClientTransport(new URL(url), headers(key)));
    return client;
  },
  'client 2.x as it comes': async (url, key) => connect(url, key, {}),
  'client 2.x negotiating': async (url, key) =>
    connect(url, key, { versionNegotiation: { mode: 'auto' } }),
  'client 2.x stateless': async (url, key) =>
    connect(url, key, { versionNegotiation: { mode: { pin: '2026-07-28' } } }),
};

async function connect(url, key, options) {
  const client = new v2.Client({ name: 'test', version: '1' }, options);
  await client.connect(new v2.StreamableHTTPClientTransport(new URL(url), headers(key)));
  return client;
}

const TOOLS = ['find_athlete', 'get_result', 'get_schedule', 'medal_table', 'compare',
  'explain_score', 'how_to_watch', 'ask', 'my_feed'];

async function useTools(client, name) {
  const call = async (tool, args) => client.callTool({ name: tool, arguments: args });
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map((tool) => tool.name), TOOLS, name);

  const result = await call('get_result', { edition: 'owg2026', unit: UNIT });
  assert.ok(!result.isError, JSON.stringify(result));
  assert.equal(result.structuredContent.status, 'OFFICIAL');
  assert.equal(result.structuredContent.fact_id, `results/owg2026/${UNIT}/2`);
  assert.equal(result.structuredContent.lines[0].result, '224.90');
  assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);

  const people = (await call('find_athlete', { name: 'sakamoto' })).structuredContent.items;
  const others = (await call('find_athlete', { name: 'nakai' })).structuredContent.items;
  assert.equal(people.length, 1, JSON.stringify(people));
  const pair = (await call('compare', { first: people[0].id, second: others[0].id }));
  assert.ok(!pair.isError, JSON.stringify(pair));
  assert.equal(pair.structuredContent.second.appearances.length, 1);

  const score = await call('explain_score', { edition: 'owg2026', unit: UNIT, competitor: '1002' });
  assert.deepEqual(score.structuredContent.lines.map((found) => found.competitor), ['1002']);

  const schedule = (await call('get_schedule', { edition: 'owg2026', discipline: 'FSK' }));
  assert.equal(schedule.structuredContent.items.length, 1);
  const watch = (await call('how_to_watch', { edition: 'owg2026', unit: UNIT }));
  assert.equal(watch.structuredContent.page, `/live/owg2026/units/${UNIT}`);
  const answer = await call('ask', { edition: 'owg2026', q: 'How many gold medals did Utopia win?' });
  assert.equal(answer.structuredContent.known, false, JSON.stringify(answer));
  assert.equal((await call('my_feed', { token: '1-1-00' })).isError, true);
  const table = await call('medal_table', { edition: 'owg2026' });
  assert.equal(table.structuredContent.edition, 'owg2026');

  for (const [tool, args] of [['get_result', { edition: 'owg2026' }],
    ['get_result', { edition: 'owg2026', unit: 'nothing' }],
    ['get_result', { edition: '../keys', unit: '../../keys' }],
    ['explain_score', { edition: 'owg2026', unit: UNIT, competitor: '9' }],
    ['medal_table', { edition: 'no-such-games' }],
    ['ask', { edition: 'owg2026', q: 'Who won?', language: 'tlh' }],
    ['find_athlete', { name: 'x'.repeat(300) }]]) {
    const refused = await call(tool, args);
    assert.ok(refused.isError, `${tool} ${JSON.stringify(args)}`);
    assert.ok(refused.content[0].text.length > 10);
  }
  await assert.rejects(call('drop_everything', {}));
  console.log(`ok    ${name}`);
}

// What no client of ours sends.
async function refusals(url, key) {
  const post = async (body, more = {}) => {
    const answer = await fetch(url, { method: 'POST',
      headers: { authorization: `Bearer ${key}`, ...more },
      body: typeof body === 'string' ? body : JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, code: text ? JSON.parse(text).error?.code : undefined };
  };
  const stateless = (method, params = {}) => ({ jsonrpc: '2.0', id: 1, method,
    params: { ...params, _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {} } } });
  const mirrored = (method, name) => ({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': method,
    ...(name ? { 'mcp-name': name } : {}) });

  assert.deepEqual(await post('{'), { status: 400, code: -32700 });
  assert.deepEqual(await post([]), { status: 400, code: -32600 });
  assert.deepEqual(await post({ jsonrpc: '1.0', id: 1, method: 'ping' }), { status: 400, code: -32600 });
  assert.deepEqual(await post({ jsonrpc: '2.0', method: 'notifications/initialized' }),
    { status: 202, code: undefined });
  assert.deepEqual(await post({ jsonrpc: '2.0', id: 1, method: 'nothing' }), { status: 200, code: -32601 });
  assert.deepEqual(await post({ jsonrpc: '2.0', id: 1, method: 'tools/list' },
    { 'mcp-protocol-version': '2000-01-01' }), { status: 400, code: -32022 });
  assert.deepEqual(await post(stateless('tools/list'), mirrored('tools/list')),
    { status: 200, code: undefined });
  assert.deepEqual(await post(stateless('tools/list')), { status: 400, code: -32020 });
  assert.deepEqual(await post(stateless('tools/list'), mirrored('tools/call')),
    { status: 400, code: -32020 });
  assert.deepEqual(await post(stateless('tools/call', { name: 'medal_table' }),
    mirrored('tools/call', 'compare')), { status: 400, code: -32020 });
  assert.deepEqual(await post(stateless('initialize'), mirrored('initialize')),
    { status: 404, code: -32601 });
  // Half of what the stateless revision wants is told by its own code, as the conformance runner found.
  const bare = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
  assert.deepEqual(await post(bare, mirrored('tools/list')), { status: 400, code: -32602 });
  const noCapabilities = stateless('tools/list');
  delete noCapabilities.params._meta['io.modelcontextprotocol/clientCapabilities'];
  assert.deepEqual(await post(noCapabilities, mirrored('tools/list')), { status: 400, code: -32602 });
  const ofNever = stateless('tools/list');
  ofNever.params._meta['io.modelcontextprotocol/protocolVersion'] = '2099-01-01';
  assert.deepEqual(await post(ofNever, mirrored('tools/list')), { status: 400, code: -32020 });
  assert.deepEqual(await post(ofNever, { ...mirrored('tools/list'), 'mcp-protocol-version': '2099-01-01' }),
    { status: 400, code: -32022 });
  // A page of another origin asks in vain, whatever name it has given to this machine.
  for (const [origin, status] of [['http://evil.example.com', 403], ['null', 403], ['https://games.example', 200],
    ['http://games.example', 403], ['https://games.example:8443', 403], ['http://localhost:6274', 200], ['http://[::1]:1', 200]])
    assert.equal((await post(stateless('tools/list'), { ...mirrored('tools/list'), origin })).status, status, origin);
  assert.deepEqual(await post('x'.repeat(70_000)), { status: 400, code: -32600 });
  const get = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(get.status, 405);
}

const server = new AltisServer(process.argv[2]);
server.configure('[channels]\npublic_url = "https://games.example"\n');
try {
  await server.start();
  const { reader, other } = await found(server);
  const url = `${server.url}/mcp`;
  for (const [name, make] of Object.entries(CLIENTS)) {
    const client = await make(url, reader);
    assert.equal(client.getServerVersion().name, 'altis', name);
    await useTools(client, name);
    await client.close();
  }
  await refusals(url, reader);
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  const status = async (more) => (await fetch(url, { method: 'POST', body, headers: more })).status;
  assert.equal(await status({}), 401);
  assert.equal(await status({ authorization: `Bearer ${other}` }), 403);
  console.log('mcp_test: all clients see the same tools, and only what their key may');
} finally {
  await server.stop();
  server.remove();
}
