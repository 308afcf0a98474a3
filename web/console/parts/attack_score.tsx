// What the answers of a table can tell about one person, at most: an attacker who knows everybody else, and guesses. The bound
// on the attacker's advantage over a coin is tanh(epsilon / 2) (docs/security/cleanroom.md; `./dev bench attacks` plays it).
import { For } from 'solid-js';
import { percent, t } from '../text.ts';
import { ShareBar } from './share_bar.tsx';

export interface Spent { name: string; spentMicro: number; lifetimeMicro: number }

const rightShare = (micro: number): number => (1 + Math.tanh(micro / 1e6 / 2)) / 2;

export function AttackScore(properties: { tables: Spent[] }) {
  return (
    <section class="panel"><h2>{t('attackScore')}</h2>
      <For each={properties.tables}>{(one) => (
        <ShareBar name={one.name} figure={percent(rightShare(one.spentMicro), 0)} share={rightShare(one.spentMicro)}
          words={t('attackWords', percent(rightShare(one.spentMicro), 1), percent(rightShare(one.lifetimeMicro), 1))} />
      )}</For>
      <p class="small soft">{t('attackHint')}</p>
    </section>
  );
}
