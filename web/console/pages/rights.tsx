// Rights: who owns what and who may use it for what, a decision in words, and what the journal keeps of decisions.
import { createMemo, createSignal, For, Show } from 'solid-js';
import { part, post, remove, type Problem } from '../data/client.ts';
import { poll } from '../data/poll.ts';
import { Audit } from '../parts/audit.tsx';
import { Refused } from '../parts/refused.tsx';
import { go, place } from '../router.ts';
import { may, session } from '../session.ts';
import { brief, moment, t } from '../text.ts';
import { named } from '../words.ts';

interface Items<T> { items: T[] }
interface Organisation { id: string; name: string; kind: string }
interface Ownership { edition: string; category: string; organisation: string; locked: boolean }
interface Grant { id: string; owner: string; grantee: string; category: string; purpose: string; edition: string; until_us: number; policy: string }
interface Verdict { allowed: boolean; rule: string; explanation: string }

const kCategories = ['fan_engagement', 'commerce', 'venue_operations', 'security_surveillance', 'biometric', 'athlete_performance', 'athlete_health', 'results', 'broadcast'];
const kPurposes = ['operations', 'analytics', 'personalisation', 'messages', 'clean_room', 'segment_sharing', 'publication'];
const kYearMs = 365 * 24 * 3_600_000;

const holds = (grant: Grant): boolean => grant.until_us / 1000 > Date.now();
const kLastMs = 8.64e15; // that Date knows
const until = (grant: Grant): string => new Date(Math.min(grant.until_us / 1000, kLastMs)).toISOString();
const spaced = (name: string): string => name.replaceAll('_', ' ');

function Choice(properties: { name: string; from: { id: string; name: string }[]; value: string; set: (value: string) => void }) {
  return (
    <label>{properties.name}<select value={properties.value} onChange={(event) => properties.set(event.currentTarget.value)}>
      <For each={properties.from}>{(one) => <option value={one.id}>{brief(one.name, 60)}</option>}</For>
    </select></label>
  );
}
const choices = (kind: 'category' | 'purpose', ids: string[]): { id: string; name: string }[] => ids.map((id) => ({ id, name: named(kind, id) }));

function Cell(properties: { own: boolean; grants: Grant[]; revoke: (grant: Grant) => void }) {
  return (
    <td>
      <Show when={properties.own}><span class="tag good">{t('owner')}</span></Show>
      <For each={properties.grants}>{(grant) => (
        <div class="grant" classList={{ soft: !holds(grant) }}>
          <span>{named('purpose', grant.purpose)}</span>
          <span class="small soft outside" title={brief(grant.policy, 400)}>{brief(grant.policy, 26)}</span>
          <span class="small soft">{holds(grant) ? t('untilShort', moment(until(grant))) : t('ended')}</span>
          <Show when={may('rights') && grant.owner === session()?.organisation && holds(grant)}>
            <button class="quiet small" aria-label={t('revokeOf', grant.id)} onClick={() => properties.revoke(grant)}>{t('revoke')}</button>
          </Show>
        </div>
      )}</For>
    </td>
  );
}

function RightsMap(properties: { edition: string; organisations: Organisation[]; ownerships: Ownership[]; grants: Grant[]; revoke: (grant: Grant) => void }) {
  const owned = (category: string): Ownership | undefined => properties.ownerships.find((one) => one.edition === properties.edition && one.category === category);
  // Organisations that own or may use something stand in the map; the others would be empty columns.
  const shown = createMemo(() => properties.organisations.filter((one) =>
    properties.ownerships.some((it) => it.edition === properties.edition && it.organisation === one.id) ||
    properties.grants.some((it) => it.edition === properties.edition && (it.grantee === one.id || it.owner === one.id))));
  const grantsOf = (category: string, grantee: string): Grant[] =>
    properties.grants.filter((one) => one.edition === properties.edition && one.category === category && one.grantee === grantee);
  return (
    <div class="scroll" tabindex="0" role="region" aria-label={t('rightsMap')}>
      <table class="map">
        <thead><tr><th>{t('category')}</th><For each={shown()}>{(one) => <th scope="col" class="outside">{brief(one.name || one.id, 40)}<div class="small">{spaced(one.kind)}</div></th>}</For></tr></thead>
        <tbody><For each={kCategories}>{(category) => (
          <tr>
            <th scope="row">{named('category', category)} <Show when={!owned(category)}><span class="small soft">{t('noOwner')}</span></Show><Show when={owned(category)?.locked}><span class="tag">{t('locked')}</span></Show></th>
            <For each={shown()}>{(one) => <Cell own={owned(category)?.organisation === one.id} grants={grantsOf(category, one.id)} revoke={properties.revoke} />}</For>
          </tr>
        )}</For></tbody>
      </table>
    </div>
  );
}

function Decide(properties: { edition: string; organisations: Organisation[] }) {
  const [organisation, setOrganisation] = createSignal('');
  const [category, setCategory] = createSignal('fan_engagement');
  const [purpose, setPurpose] = createSignal('analytics');
  const [user, setUser] = createSignal('');
  const [verdict, setVerdict] = createSignal<Verdict | null>(null);
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const asker = (): string => organisation() || properties.organisations[0]?.id || '';
  const decide = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const question = { organisation: asker(), category: category(), purpose: purpose(), edition: properties.edition };
    const told = await post<Verdict>('/v1/decisions', user().trim() ? { ...question, user_id: user().trim() } : question);
    setVerdict(told.ok ? told.value : null);
    setProblem(told.ok ? null : told.problem);
  };
  return (
    <form class="panel stack" onSubmit={decide}>
      <h2>{t('mayThey')}</h2>
      <div class="row">
        <Choice name={t('organisation')} value={asker()} from={properties.organisations.map((one) => ({ id: one.id, name: one.name || one.id }))} set={setOrganisation} />
        <Choice name={t('category')} value={category()} from={choices('category', kCategories)} set={setCategory} />
        <Choice name={t('purpose')} value={purpose()} from={choices('purpose', kPurposes)} set={setPurpose} />
        <label>{t('userIdOptional')}<input autocomplete="off" value={user()} onInput={(event) => setUser(event.currentTarget.value)} /></label>
        <button class="main">{t('decide')}</button>
      </div>
      <div role="status"><Show when={verdict()}>{(it) => (
        <p class="sentence"><span class="tag" classList={{ good: it().allowed, bad: !it().allowed }}>{it().allowed ? t('allowed') : t('denied')}</span> <span class="outside" lang="en">{it().explanation}</span> <code class="small">{it().rule}</code></p>
      )}</Show></div>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </form>
  );
}

function GiveGrant(properties: { edition: string; organisations: Organisation[]; given: () => void }) {
  const others = (): Organisation[] => properties.organisations.filter((one) => one.id !== session()?.organisation);
  const [grantee, setGrantee] = createSignal('');
  const [category, setCategory] = createSignal('fan_engagement');
  const [purpose, setPurpose] = createSignal('analytics');
  const [until, setUntil] = createSignal(new Date(Date.now() + kYearMs).toISOString().slice(0, 10));
  const [policy, setPolicy] = createSignal('');
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const give = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const to = grantee() || others()[0]?.id || '';
    const told = await post('/v1/grants', {
      id: `${to}-${purpose()}-${Date.now().toString(36)}`.replaceAll('_', '-').slice(0, 40), grantee: to, category: category(), purpose: purpose(),
      edition: properties.edition, until: `${until()}T00:00:00Z`, policy: policy(),
    });
    setProblem(told.ok ? null : told.problem);
    if (told.ok) properties.given();
  };
  return (
    <form class="panel stack" onSubmit={give}>
      <h2>{t('giveGrant')}</h2>
      <div class="row">
        <Choice name={t('grantee')} value={grantee() || (others()[0]?.id ?? '')} from={others().map((one) => ({ id: one.id, name: one.name || one.id }))} set={setGrantee} />
        <Choice name={t('category')} value={category()} from={choices('category', kCategories)} set={setCategory} />
        <Choice name={t('purpose')} value={purpose()} from={choices('purpose', kPurposes)} set={setPurpose} />
        <label>{t('until')}<input type="date" required value={until()} onInput={(event) => setUntil(event.currentTarget.value)} /></label>
      </div>
      <label>{t('writtenReason')}<input required maxlength="8192" value={policy()} onInput={(event) => setPolicy(event.currentTarget.value)} /></label>
      <div><button class="main">{t('grantIt')}</button></div>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </form>
  );
}

export default function Rights() {
  const organisations = poll<Items<Organisation>>(() => '/v1/organisations', 10_000);
  const editions = poll<Items<{ id: string; name: string }>>(() => '/v1/editions', 10_000);
  const ownerships = poll<Items<Ownership>>(() => '/v1/ownerships', 5000);
  const grants = poll<Items<Grant>>(() => '/v1/grants', 3000);
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const edition = createMemo(() => place()[1] || session()?.edition || ownerships.value()?.items[0]?.edition || editions.value()?.items[0]?.id || '');
  const revoke = async (grant: Grant): Promise<void> => {
    const told = await remove(`/v1/grants/${part(grant.id)}`);
    setProblem(told.ok ? null : told.problem);
    await grants.again();
  };
  const ready = createMemo(() => Boolean(organisations.value() && ownerships.value() && edition()));
  return (
    <>
      <div class="head"><h1>{t('rights')}</h1>
        <Show when={(editions.value()?.items.length ?? 0) > 1}><Choice name={t('edition')} value={edition()} from={(editions.value()?.items ?? []).map((one) => ({ id: one.id, name: one.name || one.id }))} set={(value) => go('rights', value)} /></Show>
      </div>
      <Show when={organisations.problem() ?? ownerships.problem() ?? grants.problem() ?? problem()}>{(it) => <Refused problem={it()} />}</Show>
      <Show when={ready()}>
        <section class="panel"><h2>{t('rightsMap')}</h2>
          <RightsMap edition={edition()} organisations={organisations.value()!.items} ownerships={ownerships.value()!.items} grants={grants.value()?.items ?? []} revoke={revoke} />
        </section>
        <Show when={may('rights')}>
          <Decide edition={edition()} organisations={organisations.value()!.items} />
          <GiveGrant edition={edition()} organisations={organisations.value()!.items} given={() => void grants.again()} />
          <Audit />
        </Show>
      </Show>
    </>
  );
}
