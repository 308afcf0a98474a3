// Clean rooms: what a room permits, what a question would cost, the answer with its uncertainty, and what budget is left.
import { createEffect, createMemo, createSignal, For, on, Show } from 'solid-js';
import { part, post, type Problem } from '../data/client.ts';
import { poll } from '../data/poll.ts';
import { Answered, type RoomAnswer } from '../parts/room_answer.tsx';
import { AttackScore } from '../parts/attack_score.tsx';
import { Refused } from '../parts/refused.tsx';
import { freshPolicy, RoomEditor, type Owner, type Policy } from '../parts/room_editor.tsx';
import { ShareBar } from '../parts/share_bar.tsx';
import { go, link, place } from '../router.ts';
import { session } from '../session.ts';
import { brief, moment, number, percent, t } from '../text.ts';

interface Room {
  id: string; state: string; missing_approvals: string[]; policy: string;
  room: Policy & { templates: string[]; askers: string[] };
  budgets: { as: string; organisation: string; dataset: string; left_micro_epsilon: number }[];
}
interface Explanation { epsilon_micro: number; fits: boolean; intervals: { plus_minus: number }[] }

const kEpsilons = [0.1, 0.25, 0.5, 1];
const epsilon = (micro: number): string => `ε ${number(micro / 1e6, 2)}`;
const tableName = (owner: Owner | undefined): string => (owner ? `${owner.organisation} / ${owner.dataset.replace(/^segment:/, '')}` : '');

function Question(properties: { room: Room; asked: () => void }) {
  const owners = (): Owner[] => properties.room.room.owners;
  const [template, setTemplate] = createSignal('');
  const chosen = (): string => template() || properties.room.room.templates[0] || '';
  const [cost, setCost] = createSignal(0.5);
  const [confidence, setConfidence] = createSignal('95');
  const [explanation, setExplanation] = createSignal<Explanation | null>(null);
  const [answer, setAnswer] = createSignal<RoomAnswer | null>(null);
  const [unexplained, setUnexplained] = createSignal<Problem | null>(null);
  const [refused, setRefused] = createSignal<Problem | null>(null);
  const [busy, setBusy] = createSignal(false);

  // Lift needs who was exposed and who acted: those whose first column says yes.
  const question = createMemo(() => {
    const isYes = (owner: Owner | undefined) => [{ column: owner?.columns[0], is: ['yes'] }];
    const asked = { template: chosen(), epsilon_micro: Math.round(cost() * 1e6), confidence_percent: confidence() };
    return chosen() === 'lift' ? { ...asked, parameters: { exposed: isYes(owners()[0]), acted: isYes(owners()[1]) } } : asked;
  });
  // What was refused stands until something else is asked, and not only until the room is looked at again.
  createEffect(on([createMemo(chosen), cost, confidence], () => setRefused(null), { defer: true }));
  createEffect(async () => {
    const asked = question();
    const explained = await post<{ items: Explanation[] }>(`/v1/rooms/${part(properties.room.id)}/explanations`, asked);
    if (asked !== question()) return;
    setExplanation(explained.ok ? (explained.value.items[0] ?? null) : null);
    setUnexplained(explained.ok ? null : explained.problem);
  });
  const ask = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const told = await post<RoomAnswer>(`/v1/rooms/${part(properties.room.id)}/questions`, question());
    setBusy(false);
    setAnswer(told.ok ? told.value : null);
    setRefused(told.ok ? null : told.problem);
    properties.asked();
  };
  const words = (name: string): string =>
    name === 'overlap' ? t('overlapWords', tableName(owners()[0]), tableName(owners()[1])) : name === 'lift' ? t('liftWords', tableName(owners()[0]), tableName(owners()[1])) : name.replaceAll('_', ' ');
  const plusMinus = (): string => number(Math.max(0, ...(explanation()?.intervals ?? []).map((one) => one.plus_minus)));
  return (
    <>
      <form class="panel stack" onSubmit={ask}>
        <h2>{t('askTitle')}</h2>
        <fieldset class="stack"><legend class="small soft">{t('template')}</legend>
          <For each={properties.room.room.templates}>{(name) => (
            <label class="check outside"><input type="radio" name="template" value={name} checked={name === chosen()} onChange={() => setTemplate(name)} />{words(name)}</label>
          )}</For>
        </fieldset>
        <div class="row">
          <label>{t('privacyCost')}<select value={cost()} onChange={(event) => setCost(Number(event.currentTarget.value))}><For each={kEpsilons}>{(one) => <option value={one}>{number(one, 2)}</option>}</For></select></label>
          <label>{t('confidence')}<select value={confidence()} onChange={(event) => setConfidence(event.currentTarget.value)}><option value="95">95 %</option><option value="99.9">99.9 %</option></select></label>
          <button class="main" type="submit" disabled={busy()}>{busy() ? t('asking') : t('ask')}</button>
        </div>
        <Show when={explanation()}>{(it) => (
          <p class="small soft" role="status">{t('explain')}: {it().fits ? t('explainFits', epsilon(it().epsilon_micro), plusMinus()) : t('explainNot')}</p>
        )}</Show>
        <Show when={refused() ?? unexplained()}>{(it) => <Refused problem={it()} />}</Show>
      </form>
      <Show when={answer()}>{(it) => <Answered answer={it()} left={tableName(owners()[0])} right={tableName(owners()[1])} />}</Show>
    </>
  );
}

function Terms(properties: { room: Room; changed: () => void }) {
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const approve = async (): Promise<void> => {
    const answer = await post(`/v1/rooms/${part(properties.room.id)}/approvals`);
    setProblem(answer.ok ? null : answer.problem);
    properties.changed();
  };
  const left = (owner: Owner): number => properties.room.budgets.find((one) => one.as === owner.as)?.left_micro_epsilon ?? 0;
  return (
    <>
      <section class="panel"><h2>{t('budget')}</h2>
        <For each={properties.room.room.owners}>{(owner) => {
          const words = (): string => t('budgetOf', epsilon(left(owner)), epsilon(owner.budget_micro_epsilon));
          const share = (): number => left(owner) / (owner.budget_micro_epsilon || 1);
          return <ShareBar name={brief(tableName(owner))} figure={percent(share(), 0)} share={share()} words={words()} />;
        }}</For>
      </section>
      <AttackScore tables={properties.room.room.owners.map((owner) => ({ name: brief(tableName(owner)), spentMicro: owner.budget_micro_epsilon - left(owner), lifetimeMicro: owner.budget_micro_epsilon }))} />
      <section class="panel stack"><h2>{t('policy')}</h2>
        <table><tbody>
          <tr><th scope="row">{t('state')}</th><td>{brief(properties.room.state)}</td></tr>
          <tr><th scope="row">{t('minimumGroup')}</th><td>{number(properties.room.room.minimum_group)}</td></tr>
          <tr><th scope="row">{t('askers')}</th><td class="outside">{properties.room.room.askers.join(', ')}</td></tr>
          <tr><th scope="row">{t('until')}</th><td>{moment(properties.room.room.until)}</td></tr>
          <tr><th scope="row">SHA-256</th><td class="mono outside">{properties.room.policy.slice(0, 16)}</td></tr>
        </tbody></table>
        <Show when={properties.room.missing_approvals.length}>
          <p>{t('missing', properties.room.missing_approvals.join(', '))}</p>
          <Show when={properties.room.missing_approvals.includes(session()?.organisation ?? '')}><button class="main" onClick={approve}>{t('approve')}</button></Show>
        </Show>
        <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
      </section>
    </>
  );
}

export default function Rooms() {
  const rooms = poll<{ items: Room[] }>(() => '/v1/rooms', 3000);
  const id = createMemo(() => place()[1] || rooms.value()?.items[0]?.id);
  const room = createMemo(() => rooms.value()?.items.find((one) => one.id === id()));
  const [editing, setEditing] = createSignal<'' | 'new' | 'change'>('');
  const isOwner = (): boolean => room()?.room.owners.some((one) => one.organisation === session()?.organisation) ?? false;
  const edited = (changed: string): void => { setEditing(''); go('rooms', changed); void rooms.again(); };
  return (
    <>
      <div class="head"><h1>{t('rooms')}</h1>
        <Show when={(rooms.value()?.items.length ?? 0) > 0}><nav class="row" aria-label={t('rooms')}><For each={rooms.value()?.items.map((one) => one.id)}>{(one) => <a href={link('rooms', one)} aria-current={one === id() ? 'true' : undefined}>{brief(one, 40)}</a>}</For></nav></Show>
        <span class="row"><button onClick={() => setEditing((now) => (now === 'new' ? '' : 'new'))}>{t('proposeRoom')}</button><Show when={isOwner()}><button onClick={() => setEditing((now) => (now === 'change' ? '' : 'change'))}>{t('changePolicy')}</button></Show></span>
      </div>
      <Show when={rooms.problem()}>{(it) => <Refused problem={it()} />}</Show>
      <Show when={editing()} keyed>{(what) => <RoomEditor start={what === 'new' ? freshPolicy() : room()!.room} isNew={what === 'new'} done={edited} />}</Show>
      <Show when={rooms.value() && !room()}><p class="empty">{t('noRooms')}</p></Show>
      {/* By id: a fresh answer of the list must not clear the question that is being asked. */}
      <Show when={room()?.id} keyed>{(_id) => (
        <div class="columns">
          <div class="stack"><Question room={room()!} asked={() => void rooms.again()} /></div>
          <div class="stack"><Terms room={room()!} changed={() => void rooms.again()} /></div>
        </div>
      )}</Show>
    </>
  );
}
