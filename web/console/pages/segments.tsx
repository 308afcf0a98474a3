// Segments: each with its size and trend, how up to five overlap, a rule whose size shows while one types, and the export.
import { createEffect, createSignal, For, onCleanup, Show } from 'solid-js';
import { part, post, put, type Problem } from '../data/client.ts';
import { poll } from '../data/poll.ts';
import { SegmentExport } from '../parts/export.tsx';
import { Refused } from '../parts/refused.tsx';
import { RuleForm } from '../parts/rule_form.tsx';
import { Trend } from '../parts/trend.tsx';
import { Upset, type Crossing } from '../parts/upset.tsx';
import { link, place } from '../router.ts';
import { brief, number, t } from '../text.ts';

interface Segment { id: string; kind: string; size: number; rule: string }
interface Size { size: number; fans: number }

const kTypingMs = 200;
const kMost = 5;

function Builder(properties: { start: string; id: string; saved: () => void }) {
  const [id, setId] = createSignal(properties.id);
  const [said, setSaid] = createSignal('');
  const [rule, setRule] = createSignal(properties.start);
  const [size, setSize] = createSignal<Size | null>(null);
  const [problem, setProblem] = createSignal<Problem | null>(null);
  createEffect(() => {
    const typed = rule();
    const timer = setTimeout(async () => {
      if (!typed.trim()) return;
      const answer = await post<Size>('/v1/segment-sizes', { rule: typed });
      if (typed !== rule()) return;
      setSize(answer.ok ? answer.value : null);
      setProblem(answer.ok ? null : answer.problem);
    }, kTypingMs);
    onCleanup(() => clearTimeout(timer));
  });
  const save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const told = await put(`/v1/segments/${part(id().trim())}`, { kind: 'segment', rule: rule() });
    setProblem(told.ok ? null : told.problem);
    setSaid(told.ok ? t('keptLive', id()) : '');
    if (told.ok) properties.saved();
  };
  return (
    <form class="panel stack" onSubmit={save}>
      <RuleForm write={setRule} />
      <label>{t('rule')}<textarea class="mono" dir="ltr" rows="4" maxlength="4096" spellcheck={false} value={rule()} onInput={(event) => setRule(event.currentTarget.value)} /></label>
      <p class="small soft">{t('ruleHint')}</p>
      <div role="status"><Show when={size()}>{(it) => <p class="sentence">{t('sizeNow', number(it().size), number(it().fans))}</p>}</Show></div>
      <div class="row"><label>{t('segmentId')}<input required pattern="[a-z0-9\\-]{1,40}" value={id()} onInput={(event) => setId(event.currentTarget.value)} /></label><button disabled={!size()}>{t('keepLive')}</button></div>
      <p role="status" class="good">{said()}</p>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </form>
  );
}

/** Asks for the size of every combination "in these, and in no other of the chosen". */
async function crossingsOf(chosen: string[]): Promise<Crossing[] | Problem> {
  const masks = Array.from({ length: 2 ** chosen.length - 1 }, (_, at) => at + 1);
  const answers = await Promise.all(masks.map((mask) =>
    post<Size>('/v1/segment-sizes', { rule: chosen.map((id, at) => (mask & (1 << at) ? `in(${id})` : `not in(${id})`)).join(' and ') })));
  const refused = answers.find((one) => !one.ok);
  if (refused && !refused.ok) return refused.problem;
  return answers.map((one, at) => ({ members: chosen.map((_, bit) => Boolean(masks[at]! & (1 << bit))), size: one.ok ? one.value.size : 0 }));
}

function Overlap(properties: { names: string[] }) {
  const [chosen, setChosen] = createSignal<string[]>(properties.names.slice(0, 3));
  const [crossings, setCrossings] = createSignal<Crossing[]>([]);
  const [problem, setProblem] = createSignal<Problem | null>(null);
  createEffect(async () => {
    const asked = chosen();
    const told = asked.length ? await crossingsOf(asked) : [];
    if (asked !== chosen()) return;
    setCrossings(Array.isArray(told) ? told : []);
    setProblem(Array.isArray(told) ? null : told);
  });
  const flip = (id: string, on: boolean): void => { setChosen((all) => (on ? [...all, id] : all.filter((one) => one !== id))); };
  return (
    <section class="panel stack">
      <h2>{t('overlapUpset')}</h2>
      <fieldset class="row"><legend class="small soft">{t('chooseUpTo')}</legend>
        <For each={properties.names}>{(id) => (
          <label class="check"><input type="checkbox" checked={chosen().includes(id)} disabled={!chosen().includes(id) && chosen().length >= kMost} onChange={(event) => flip(id, event.currentTarget.checked)} /><span class="outside">{brief(id, 40)}</span></label>
        )}</For>
      </fieldset>
      <Show when={crossings().length}><Upset names={chosen()} crossings={crossings()} /></Show>
      <Show when={problem()}>{(it) => <Refused problem={it()} />}</Show>
    </section>
  );
}

export default function Segments() {
  const segments = poll<{ items: Segment[] }>(() => '/v1/segments');
  const chosen = () => segments.value()?.items.find((one) => one.id === place()[1]) ?? segments.value()?.items[0];
  const names = () => segments.value()?.items.map((one) => one.id) ?? [];
  return (
    <>
      <div class="head"><h1>{t('segments')}</h1></div>
      <Show when={segments.problem()}>{(it) => <Refused problem={it()} />}</Show>
      <div class="columns">
        <div class="stack">
          <section class="panel"><h2>{t('cohorts')}</h2>
            <ul class="list"><For each={segments.value()?.items} fallback={<li class="empty">{t('noSegments')}</li>}>{(one) => (
              <li><a class="outside" href={link('segments', one.id)} aria-current={one.id === chosen()?.id ? 'true' : undefined}>{brief(one.id, 60)}</a><span class="number">{number(one.size)}</span></li>
            )}</For></ul>
          </section>
          <Show when={segments.value()}><Show when={chosen()?.id ?? ' '} keyed>{(_id) => <Builder start={chosen()?.rule ?? ''} id={chosen()?.id ?? ''} saved={() => void segments.again()} />}</Show></Show>
        </div>
        <div class="stack">
          <Show when={names().join('\n')} keyed>{(all) => <Overlap names={all.split('\n')} />}</Show>
          <Show when={chosen()?.id} keyed>{(id) => <><Trend segment={id} /><SegmentExport segment={id} /></>}</Show>
        </div>
      </div>
    </>
  );
}
