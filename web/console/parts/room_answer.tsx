// An answer of a room: a sentence, each figure with its interval drawn, and the receipt.
import { createMemo, For, Show } from 'solid-js';
import { number, percent, t } from '../text.ts';
import { named } from '../words.ts';
import { Interval, type Estimate } from './interval.tsx';

interface Figure extends Estimate { name: string; group?: string }
export interface RoomAnswer { template: string; figures: Figure[]; confidence_percent: string; epsilon_micro: number; trust: string; receipt: unknown }

const isShare = (figure: Figure): boolean => figure.name === 'overlap' || figure.name.endsWith('_share') || figure.name.endsWith('rate');

export function Answered(properties: { answer: RoomAnswer; left: string; right: string }) {
  const figure = (name: string): Figure | undefined => properties.answer.figures.find((one) => one.name === name);
  const show = (one: Figure) => (value: number): string => (isShare(one) ? percent(value) : number(value, Math.abs(value) < 10 && !Number.isInteger(value) ? 2 : 0));
  const high = (one: Figure): number => one.high ?? Infinity;
  const words = (one: Figure): string =>
    t('interval', named('figure', one.name), show(one)(one.value), show(one)(one.low), show(one)(high(one)), properties.answer.confidence_percent);
  // Counts share one scale, so that their bars compare; shares run to the whole.
  const topCount = createMemo(() => Math.max(1, ...properties.answer.figures.filter((one) => !isShare(one)).map((one) => one.high ?? one.value * 2)));
  const both = (): { matched: Figure; overlap: Figure } | null => {
    const [matched, overlap] = [figure('matched'), figure('overlap')];
    return matched && overlap ? { matched, overlap } : null;
  };
  return (
    <section class="panel stack" aria-live="polite">
      <h2>{t('answer')}</h2>
      <Show when={both()}>{(it) => (
        <p class="sentence">{t('answerSentence', number(it().matched.value), properties.left, percent(it().overlap.value), properties.answer.confidence_percent, number(it().matched.low), number(high(it().matched)), properties.right)}</p>
      )}</Show>
      <For each={properties.answer.figures}>{(one) => (
        <div>
          <div class="head"><strong class="outside">{[one.group, named('figure', one.name)].filter(Boolean).join(' ')}</strong><span class="number">{show(one)(one.value)} <span class="soft">{show(one)(one.low)} – {show(one)(high(one))}</span></span></div>
          <Interval estimate={one} to={isShare(one) ? 1 : topCount()} words={words(one)} show={show(one)} />
        </div>
      )}</For>
      <p class="small soft outside">{properties.answer.trust}</p>
      <details><summary>{t('receipt')}</summary><pre tabindex="0">{JSON.stringify(properties.answer.receipt, null, 2)}</pre></details>
    </section>
  );
}
