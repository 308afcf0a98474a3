// A room's policy as a form: to propose a room, or to change one, after which every owner approves again.
import { createSignal, For, Show } from 'solid-js';
import { part, post, put, type Problem } from '../data/client.ts';
import { poll } from '../data/poll.ts';
import { session } from '../session.ts';
import { brief, t } from '../text.ts';
import { Refused } from './refused.tsx';

export interface Owner { as: string; organisation: string; dataset: string; columns: string[]; budget_micro_epsilon: number }
export interface Policy {
  id: string; edition: string; purpose: string; owners: Owner[]; templates: (string | object)[]; askers?: string[]; receivers: string[];
  minimum_group: number; until: string; [more: string]: unknown;
}

const kYearMs = 365 * 24 * 3_600_000;
const kMicro = 1e6;

const wordsIn = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** What a proposal begins with: fans of the edition on one side. */
export const freshPolicy = (): Policy => ({
  id: '', edition: session()?.edition ?? '', purpose: 'clean_room', templates: ['overlap'], receivers: [session()?.organisation ?? ''],
  minimum_group: 20, until: new Date(Date.now() + kYearMs).toISOString(),
  owners: [{ as: 'left', organisation: session()?.organisation ?? '', dataset: 'fans', columns: [], budget_micro_epsilon: 2 * kMicro },
    { as: 'right', organisation: '', dataset: 'customers', columns: [], budget_micro_epsilon: 2 * kMicro }],
});

function OwnerFields(properties: { owner: Owner; change: (part: Partial<Owner>) => void }) {
  return (
    <fieldset class="row"><legend class="small soft">{t('table', properties.owner.as)}</legend>
      <label>{t('organisation')}<input required value={properties.owner.organisation} onChange={(event) => properties.change({ organisation: event.currentTarget.value.trim() })} /></label>
      <label>{t('dataset')}<input required value={properties.owner.dataset} onChange={(event) => properties.change({ dataset: event.currentTarget.value.trim() })} /></label>
      <label>{t('columns')}<input value={properties.owner.columns.join(', ')} onChange={(event) => properties.change({ columns: wordsIn(event.currentTarget.value) })} /></label>
      <label>{t('budgetEpsilon')}<input type="number" min="0.1" max="100" step="0.1" required value={properties.owner.budget_micro_epsilon / kMicro} onChange={(event) => properties.change({ budget_micro_epsilon: Math.round(Number(event.currentTarget.value) * kMicro) })} /></label>
    </fieldset>
  );
}

export function RoomEditor(properties: { start: Policy; isNew: boolean; done: (id: string) => void }) {
  const [policy, setPolicy] = createSignal<Policy>(structuredClone(properties.start));
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const templates = poll<{ items: { id: string; counts?: string }[] }>(() => '/v1/room-templates', 0);
  const change = (part: Partial<Policy>): void => { setPolicy((all) => ({ ...all, ...part })); };
  const changeOwner = (at: number, part: Partial<Owner>): void => change({ owners: policy().owners.map((one, index) => (index === at ? { ...one, ...part } : one)) });
  const flip = (id: string, on: boolean): void => change({ templates: on ? [...policy().templates, id] : policy().templates.filter((one) => one !== id) });
  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const told = properties.isNew ? await post('/v1/rooms', policy()) : await put(`/v1/rooms/${part(policy().id)}`, policy());
    setProblem(told.ok ? null : told.problem);
    if (told.ok) properties.done(policy().id);
  };
  return (
    <form class="panel stack" onSubmit={send}>
      <h2>{properties.isNew ? t('proposeRoom') : t('changePolicy')}</h2>
      <div class="row">
        <label>{t('roomId')}<input required disabled={!properties.isNew} pattern="[a-z0-9\-]{1,40}" value={policy().id} onInput={(event) => change({ id: event.currentTarget.value })} /></label>
        <label>{t('edition')}<input required value={policy().edition} onInput={(event) => change({ edition: event.currentTarget.value.trim() })} /></label>
        <label>{t('minimumGroup')}<input type="number" min="10" required value={policy().minimum_group} onInput={(event) => change({ minimum_group: Number(event.currentTarget.value) })} /></label>
        <label>{t('until')}<input type="date" required value={policy().until.slice(0, 10)} onInput={(event) => change({ until: `${event.currentTarget.value}T00:00:00Z` })} /></label>
      </div>
      <For each={policy().owners.map((_, at) => at)}>{(at) => <OwnerFields owner={policy().owners[at]!} change={(part) => changeOwner(at, part)} />}</For>
      <fieldset class="row"><legend class="small soft">{t('questions')}</legend>
        <For each={templates.value()?.items}>{(one) => <label class="check"><input type="checkbox" checked={policy().templates.includes(one.id)} onChange={(event) => flip(one.id, event.currentTarget.checked)} />{brief(one.id, 40)}</label>}</For>
      </fieldset>
      <div class="row">
        <label>{t('receivers')}<input required value={policy().receivers.join(', ')} onChange={(event) => change({ receivers: wordsIn(event.currentTarget.value) })} /></label>
        <button class="main">{properties.isNew ? t('propose') : t('changeIt')}</button>
      </div>
      <p class="small soft">{t('approvalHint')}</p>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </form>
  );
}
