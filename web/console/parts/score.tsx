// A unit's result list: a table, or a canvas when it is long.
import { createMemo, createSignal, Index, Show } from 'solid-js';
import { paced } from '../data/paced.ts';
import type { Head } from '../feed/feed_worker.ts';
import type { Holder, Line, Row } from '../feed/rows.ts';
import { brief, moment, number, t } from '../text.ts';
import { named } from '../words.ts';
import { LiveGrid } from './live_grid.tsx';

/** As the interface tells a unit. */
export interface Unit extends Head { edition: string; offset: number; lines?: Line[]; medals?: Holder[] }

const kMostInTable = 100; // rows; longer lists are painted, unless somebody asks for the table

function Table(properties: { rows: Row[] }) {
  const rows = paced(() => properties.rows);
  return (
    <div class="scroll" tabindex="0" role="region" aria-label={t('result')}>
      <table class="ranks">
        <thead><tr><th class="number narrow">{t('rank')}</th><th>{t('competitor')}</th><th class="short noc">{t('country')}</th><th class="number short">{t('result')}</th></tr></thead>
        <tbody>
          {/* By place, so that a fresh version changes texts and makes no rows. */}
          <Index each={rows()}>{(row) => (
            <tr>
              <td class="number">{row().rank}</td>
              <td><Show when={row().medal}>{(medal) => <span class={`dot ${medal()}`} role="img" aria-label={medal()} />}</Show><span class="outside">{row().name}</span></td>
              <td class="outside">{row().organisation}</td>
              <td class="number outside">{row().result}</td>
            </tr>
          )}</Index>
        </tbody>
      </table>
    </div>
  );
}

export function Score(properties: { head: Head; rows: Row[]; most?: number; isBoard?: boolean }) {
  const [asTable, setAsTable] = createSignal(false);
  const rows = createMemo(() => (properties.most === undefined ? properties.rows : properties.rows.slice(0, properties.most)));
  const isLong = createMemo(() => rows().length > kMostInTable);
  const words = (): string => t('gridAlt', brief(properties.head.name), number(rows().length), rows()[0]?.name ?? '', rows()[0]?.result ?? '');
  return (
    <>
      <div class="head">
        <strong class="outside">{brief(properties.head.name || properties.head.unit)}</strong>
        <span class="tag" classList={{ good: properties.head.status === 'OFFICIAL' }}>{brief(named('status', properties.head.status))}</span>
      </div>
      <Show when={isLong() && !asTable()} fallback={<Table rows={rows()} />}>
        <LiveGrid rows={rows()} words={words()} isBoard={properties.isBoard ?? false} />
      </Show>
      <div class="head small soft">
        <span>{t('versionAt', number(properties.head.version), moment(properties.head.known_at))}</span>
        <Show when={isLong()}><button class="quiet" aria-pressed={asTable()} onClick={() => setAsTable(!asTable())}>{t('asTable')}</button></Show>
      </div>
    </>
  );
}
