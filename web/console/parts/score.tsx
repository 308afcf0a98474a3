// A unit's result list.
import { createMemo, Index, Show } from 'solid-js';
import { paced } from '../data/paced.ts';
import { brief, moment, number, t } from '../text.ts';

export interface Line { competitor: string; organisation: string; rank?: number; rank_equal?: boolean; result?: string; irm?: string; name?: string; members?: { given_name?: string; family_name?: string; code: string }[] }
export interface Unit { unit: string; edition: string; name: string; status: string; version: number; known_at: string; offset: number; lines?: Line[]; medals?: { medal: string; competitor: string }[] }

const kMostLines = 2000;

export const nameOf = (line: Line): string =>
  (line.members ?? []).map((one) => [one.given_name, one.family_name].filter(Boolean).join(' ') || one.code).join(', ') || line.name || line.competitor;

export function Score(properties: { unit: Unit; most?: number }) {
  const medals = createMemo(() => new Map((properties.unit.medals ?? []).map((one) => [one.competitor, one.medal])));
  const medalOf = (line: Line): string | undefined => medals().get(line.competitor);
  const lines = paced(createMemo(() => (properties.unit.lines ?? []).slice(0, properties.most ?? kMostLines)));
  return (
    <>
      <div class="head">
        <strong class="outside">{brief(properties.unit.name || properties.unit.unit)}</strong>
        <span class="tag" classList={{ good: properties.unit.status === 'OFFICIAL' }}>{properties.unit.status === 'OFFICIAL' ? t('official') : brief(properties.unit.status)}</span>
      </div>
      <div class="scroll" tabindex="0" role="region" aria-label={t('result')}>
        <table class="ranks">
          <thead><tr><th class="number narrow">{t('rank')}</th><th>{t('competitor')}</th><th class="short">{t('country')}</th><th class="number short">{t('result')}</th></tr></thead>
          <tbody>
            {/* By place, so that a fresh version changes texts and makes no rows. */}
            <Index each={lines()}>{(line) => (
              <tr>
                <td class="number">{line().rank === undefined ? '' : `${line().rank_equal ? '=' : ''}${number(line().rank!)}`}</td>
                <td><Show when={medalOf(line())}>{(medal) => <span class={`dot ${medal()}`} role="img" aria-label={medal()} />}</Show><span class="outside">{brief(nameOf(line()))}</span></td>
                <td class="outside">{brief(line().organisation, 20)}</td>
                <td class="number outside">{brief(line().irm ?? line().result ?? '', 30)}</td>
              </tr>
            )}</Index>
          </tbody>
        </table>
      </div>
      <p class="small soft">{moment(properties.unit.known_at)}</p>
    </>
  );
}
