// An edition with one event, its owner, and results that a test sends.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AltisServer } from '../sdk/altis_server.mjs';

export const EDITION = 'owg2026';
export const UNIT = 'FSKWSINGLES-----------FNL-000100--';
const HEAD = 'CompetitionCode="OWG2026" FeedFlag="P" Date="2026-02-19" Time="200000000" ' +
  'LogicalDate="2026-02-19" Source="MILFSK1"';

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

export class Games {
  constructor(program) {
    this.server = new AltisServer(program);
  }

  async found() {
    await this.server.start();
    await this.server.foundGames();
    this.admin = readFileSync(join(this.server.data, 'admin.key'), 'utf8').trim();
    await this.server.ask('POST', '/v1/ownerships', this.admin,
      { organisation: 'la28', category: 'results', edition: EDITION });
    const key = async (id, scopes) => (await this.server.ask('POST', '/v1/keys', this.admin,
      { id, organisation: 'la28', edition: EDITION, scopes })).secret;
    this.owner = await key('owner', ['results', 'results:write', 'rights']);
    this.judge = await key('judge', ['results', 'results:correct']);
  }

  // `units`: [{code, name, medal, start}]
  schedule(units = [{ code: UNIT, name: 'Free Skating', medal: 1 }]) {
    const items = units.map(({ code, name, medal = 0, start }) => `<Unit Code="${code}" Medal="${medal}"
      Venue="MIL"${start ? ` StartDate="${start}"` : ''}><ItemName Language="ENG"
      Value="${escaped(name)}" /></Unit>`);
    return this.send(`<OdfBody ${HEAD} DocumentCode="FSK-------------------------------"
      DocumentType="DT_SCHEDULE" Version="1"><Competition>${items.join('')}</Competition></OdfBody>`);
  }

  // `lines` in order of rank: [{code, given, family, organisation, result}]
  result(version, lines, { status = 'LIVE', unit = UNIT, note = '' } = {}) {
    const rows = lines.map(({ code, given = '', family = '', organisation = 'JPN', result, irm }, i) => `
      <Result ${irm ? `IRM="${irm}" ResultType="IRM"` : `Rank="${i + 1}" ResultType="POINTS" Result="${result}"`}
        SortOrder="${i + 1}"><Competitor Code="${code}" Type="A" Organisation="${organisation}"><Composition>
      <Athlete Code="${code}" Order="1"><Description GivenName="${escaped(given)}"
      FamilyName="${escaped(family)}" Organisation="${organisation}" /></Athlete></Composition>
      </Competitor></Result>`);
    const why = note ? `<Note>${escaped(note)}</Note>` : '';
    return this.send(`<OdfBody ${HEAD} DocumentCode="${unit}" DocumentType="DT_RESULT"
      Version="${version}" ResultStatus="${status}"><Competition>${why}${rows.join('')}</Competition></OdfBody>`);
  }

  async send(xml) {
    const answer = await fetch(`${this.server.url}/v1/odf`, { method: 'POST', body: xml,
      headers: { authorization: `Bearer ${this.owner}`, 'content-type': 'application/xml' } });
    const text = await answer.text();
    if (answer.status === 202) return this.#release();
    assert.equal(answer.status, 200, text);
    return JSON.parse(text);
  }

  // What is official changes by two keys.
  async #release() {
    const held = await this.server.ask('GET', '/v1/results/held', this.judge);
    return this.server.ask('POST', `/v1/results/held/${held.items.at(-1).held}/release`, this.judge,
      { reason: 'as the referee wrote' });
  }

  get(path, key = this.owner) {
    return fetch(this.server.url + path, { headers: { authorization: `Bearer ${key}` } });
  }
}
