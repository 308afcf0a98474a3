// How sets cross (UpSet plot): a bar for each combination, dots below it for the sets that it is in. Largest first.
import { createMemo, For } from 'solid-js';
import { brief, number, t } from '../text.ts';

export interface Crossing { members: boolean[]; size: number }

const kStart = 210;
const kStep = 44;
const kBars = 140;
const kRow = 24;

export function Upset(properties: { names: string[]; crossings: Crossing[] }) {
  const shown = createMemo(() => [...properties.crossings].sort((a, b) => b.size - a.size).slice(0, 12));
  const top = (): number => Math.max(1, ...shown().map((one) => one.size));
  const namesOf = (one: Crossing): string => properties.names.filter((_, at) => one.members[at]).join(' ∩ ');
  const height = (): number => kBars + 34 + properties.names.length * kRow;
  return (
    <>
      <svg class="upset" aria-hidden="true" viewBox={`0 0 ${kStart + Math.max(7, shown().length) * kStep} ${height()}`}>
        <For each={properties.names}>{(name, at) => <text x={kStart - 24} y={kBars + 42 + at() * kRow} text-anchor="end">{brief(name, 26)}</text>}</For>
        <For each={shown()}>{(one, at) => {
          const tall = (): number => (one.size / top()) * (kBars - 10);
          return (
            <g>
              <rect x={kStart + at() * kStep - 11} y={kBars + 10 - tall()} width="22" height={tall()} rx="2" />
              <text x={kStart + at() * kStep} y={kBars + 4 - tall()} text-anchor="middle">{number(one.size)}</text>
              <For each={one.members}>{(inside, row) => <circle class={inside ? 'in' : ''} cx={kStart + at() * kStep} cy={kBars + 38 + row() * kRow} r="5" />}</For>
            </g>
          );
        }}</For>
      </svg>
      <details><summary>{t('asTable')}</summary>
        <table><tbody><For each={shown()}>{(one) => <tr><th scope="row" class="outside">{t('onlyIn', namesOf(one))}</th><td class="number">{number(one.size)}</td></tr>}</For></tbody></table>
      </details>
    </>
  );
}
