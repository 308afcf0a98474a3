// Games in a real `altis serve`, for tests of what leaves it: a unit, its official result and its correction, a campaign
// for those who read charts, and fans who do, follow the skater and consent.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const UNIT = "FSKWSINGLES-----------FNL-000100--";
export const TRIGGER = `results/owg2026/${UNIT}`;
const ARRIVAL_MS = 30_000;
const HEAD = 'CompetitionCode="OWG2026" FeedFlag="P" Date="2026-02-19" Time="221000000" LogicalDate="2026-02-19" Source="MILFSK1"';
const SCHEDULE = `<OdfBody ${HEAD} DocumentCode="FSK-------------------------------" DocumentType="DT_SCHEDULE" Version="1">
  <Competition><Unit Code="${UNIT}" Medal="1" Venue="MIL"><ItemName Language="ENG" Value="Free Skating" /></Unit></Competition></OdfBody>`;

const result = (version, total, free, note = "") => `<OdfBody ${HEAD} DocumentCode="${UNIT}" DocumentType="DT_RESULT" Version="${version}"
  ResultStatus="OFFICIAL">${note}<Competition><Result Rank="1" SortOrder="1" Result="${total}" ResultType="POINTS"><ExtendedResults>
  <ExtendedResult Type="ER" Code="SHORT" Value="76.59" /><ExtendedResult Type="ER" Code="FREE" Value="${free}" /></ExtendedResults>
  <Competitor Code="1000001" Type="A" Organisation="USA"><Composition><Athlete Code="1000001" Order="1">
  <Description GivenName="Alysa" FamilyName="LIU" Organisation="USA" /></Athlete></Composition></Competitor></Result></Competition></OdfBody>`;

// Until `condition()` is not undefined or false; gives what it is. Fails with `told()` after half a minute.
export async function comesTrue(condition, told = () => "") {
  const end = performance.now() + ARRIVAL_MS;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    assert(performance.now() < end, `it did not come true: ${condition}\n${told()}`);
    await sleep(20);
  }
}

export class ProgramGames {
  // Founds the Games in a server that runs. `fans` are user ids, or {id, language} for another language than English.
  static async found(server, fans) {
    const games = new ProgramGames();
    games.server = server;
    const admin = readFileSync(path.join(server.data, "admin.key"), "utf8").trim();
    await server.foundGames();
    for (const category of ["commerce", "results"])
      await server.ask("POST", "/v1/ownerships", admin, { organisation: "la28", category, edition: "owg2026" });
    const scopes = ["read", "rights", "fans", "segments", "results", "results:write", "messages", "market"];
    const key = async (id, some) => (await server.ask("POST", "/v1/keys", admin, { id, organisation: "la28", edition: "owg2026", scopes: some })).secret;
    games.owner = await key("owner", scopes);
    games.second = await key("second", ["results:correct"]);
    await server.ask("PUT", "/v1/segments/chart-readers", games.owner, { kind: "cohort", rule: "dwell(technical_chart) > 0" });
    await server.ask("POST", "/v1/campaigns", games.owner, {
      id: "caps", name: "Caps", edition: "owg2026", organisation: "la28", shares: [{ organisation: "la28", basis_points: 10_000 }],
      window_hours: 24, audience: "chart-readers", link: "https://app.example.org/unit",
    });
    for (const fan of fans) await games.bring(typeof fan === "string" ? { id: fan, language: "en" } : fan);
    await games.odf(SCHEDULE);
    return games;
  }

  async bring({ id, language }) {
    const event = (what, name, properties) => ({ type: "track", messageId: `${what}-${id}`, userId: id, event: name, properties });
    await this.server.ask("POST", "/v1/batch", this.server.ingestKey, { batch: [
      { type: "identify", messageId: `identify-${id}`, userId: id, traits: { language } },
      event("consent", "Consent Updated", { purpose: "messages", given: true }),
      event("view", "Content Viewed", { kind: "technical_chart", dwell_ms: 1000 }),
      event("follow", "Athlete Followed", { athlete: "1000001" }),
    ] });
  }

  async odf(body) {
    const headers = { authorization: `Bearer ${this.owner}`, "content-type": "application/xml" };
    const answer = await fetch(`${this.server.url}/v1/odf`, { method: "POST", body, headers });
    assert(answer.ok, await answer.text());
  }

  // Total 226.79, free skating 150.20.
  publish() {
    return this.odf(result(1, "226.79", "150.20"));
  }

  // Total 226.78. What changes an official result is held until another key has looked at it.
  async correct() {
    await this.odf(result(2, "226.78", "150.19", '<Note Value="element 3 reviewed" />'));
    const { items } = await this.server.ask("GET", "/v1/results/held", this.second);
    assert.equal(items.length, 1);
    await this.server.ask("POST", `/v1/results/held/${items[0].held}/release`, this.second, { reason: "element 3 reviewed" });
  }

  subscribe(fan, address) {
    return this.server.ask("POST", `/v1/fans/${fan}/subscriptions`, this.owner, address);
  }

  // What the Games are to the fan: {state, until}.
  shield(fan, wish) {
    return this.server.ask("PUT", `/v1/fans/${fan}/spoiler`, this.owner, { scope: "owg2026", ...wish });
  }

  async addresses(fan) {
    return (await this.server.ask("GET", `/v1/fans/${fan}/subscriptions`, this.owner)).subscriptions;
  }

  // What became of the fan's first message about the unit: decided, handed, delivered or failed; undefined without one.
  async handling(fan) {
    const letter = await this.server.ask("GET", `/v1/fans/${fan}/message-letter?trigger=${TRIGGER}`, this.owner);
    return letter.messages[0]?.handling;
  }

  becomes(fan, wanted) {
    const told = () => `${fan} is not ${wanted}\n${this.server.log()}`;
    return comesTrue(async () => (await this.handling(fan)) === wanted, told);
  }
}
