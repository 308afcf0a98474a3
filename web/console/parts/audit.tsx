// The decisions that the journal keeps, and a check in this browser that each is in its signed chain.
import { createSignal, For, onMount, Show } from 'solid-js';
import { get, type Problem } from '../data/client.ts';
import { brief, moment, number, t } from '../text.ts';
import { named } from '../words.ts';
import { verifyRecord } from '../../verify/journal.ts';
import { Refused } from './refused.tsx';

interface Decision { offset: number; time: string; actor: string; organisation: string; category: string; purpose: string; edition: string; allowed: boolean; rule: string; people: number }
interface Page { items: Decision[]; continue_before?: number }

export function Audit() {
  const [items, setItems] = createSignal<Decision[]>([]);
  const [before, setBefore] = createSignal<number | undefined>();
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const [checked, setChecked] = createSignal<Record<number, boolean>>({});
  const [said, setSaid] = createSignal<{ good: boolean; words: string } | null>(null);
  const more = async (): Promise<void> => {
    const told = await get<Page>(before() === undefined ? '/v1/decisions' : `/v1/decisions?before=${before()!}`);
    setProblem(told.ok ? null : told.problem);
    if (!told.ok) return;
    setItems((all) => [...all, ...told.value.items]);
    setBefore(told.value.continue_before);
  };
  const afresh = (): void => { setItems([]); setBefore(undefined); setChecked({}); setSaid(null); void more(); };
  onMount(more);

  const verify = async (): Promise<void> => {
    const head = await get<{ public_key: string }>('/v1/journal');
    if (!head.ok) return void setProblem(head.problem);
    for (const { offset } of items()) {
      const proof = await get<unknown>(`/v1/journal/proof?offset=${offset}`);
      const outcome = proof.ok ? await verifyRecord(proof.value, head.value.public_key) : { holds: false as const, reason: proof.problem.detail };
      setChecked((all) => ({ ...all, [offset]: outcome.holds }));
      if (!outcome.holds) return void setSaid({ good: false, words: t('notVerified', `${offset}: ${outcome.reason}`) });
    }
    setSaid({ good: true, words: t('auditVerified', number(items().length), head.value.public_key.slice(0, 16)) });
  };
  return (
    <section class="panel stack">
      <div class="head"><h2>{t('audit')}</h2>
        <span class="row"><button onClick={afresh}>{t('again')}</button><button class="main" disabled={!items().length} onClick={verify}>{t('verifyChain')}</button></span>
      </div>
      <p role="status" class={said()?.good ? 'good' : 'bad'}>{said()?.words}</p>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
      <div class="scroll" tabindex="0" role="region" aria-label={t('audit')}>
        <table>
          <thead><tr><th class="number">{t('record')}</th><th>{t('when')}</th><th>{t('who')}</th><th>{t('what')}</th><th class="number">{t('people')}</th><th>{t('decision')}</th></tr></thead>
          <tbody><For each={items()} fallback={<tr><td colspan="6" class="empty">{t('noDecisions')}</td></tr>}>{(one) => (
            <tr>
              <td class="number">{number(one.offset)} <Show when={checked()[one.offset] !== undefined}><span class={checked()[one.offset] ? 'good' : 'bad'}>{checked()[one.offset] ? '✓' : '✗'}</span></Show></td>
              <td class="small whole">{moment(one.time)}</td>
              <td class="outside">{brief(one.organisation, 40)} <span class="soft">{brief(one.actor, 40)}</span></td>
              <td class="outside">{named('category', one.category)} · {named('purpose', one.purpose)} <span class="soft">{brief(one.edition, 40)}</span></td>
              <td class="number">{number(one.people)}</td>
              <td><span class="tag" classList={{ good: one.allowed, bad: !one.allowed }}>{one.allowed ? t('allowed') : t('denied')}</span> <span class="small soft outside">{brief(one.rule, 60)}</span></td>
            </tr>
          )}</For></tbody>
        </table>
      </div>
      <Show when={before() !== undefined}><button onClick={more}>{t('older')}</button></Show>
    </section>
  );
}
