// A long result list that changes often, on one canvas. Whoever cannot see it, or wants to copy from it, takes the table instead.
import { createEffect, onCleanup, onMount } from 'solid-js';
import type { Row } from '../feed/rows.ts';
import { t } from '../text.ts';
import { kBoard, kList, Painter } from './grid_painter.ts';

export function LiveGrid(properties: { rows: Row[]; words: string; isBoard: boolean }) {
  let scroller!: HTMLDivElement;
  let canvas!: HTMLCanvasElement;
  let spacer!: HTMLDivElement;

  onMount(() => {
    const painter = new Painter(canvas);
    const fit = (): void => { spacer.style.height = `${painter.wholeHeight}px`; };
    const resize = (): void => {
      painter.resize(properties.isBoard ? kBoard : kList, scroller.clientWidth, scroller.clientHeight);
      fit();
    };
    createEffect(() => {
      painter.show(properties.rows);
      fit();
    });
    createEffect(resize);
    const sizes = new ResizeObserver(resize);
    sizes.observe(scroller);
    const looks = new MutationObserver(() => painter.recolour());
    looks.observe(document.documentElement, { attributeFilter: ['data-theme', 'dir', 'lang'] });
    const onScroll = (): void => painter.scrollTo(scroller.scrollTop);
    scroller.addEventListener('scroll', onScroll, { passive: true });
    onCleanup(() => { sizes.disconnect(); looks.disconnect(); painter.stop(); });
  });

  return (
    <div class="grid" classList={{ board: properties.isBoard }}>
      <div class="grid-heads" aria-hidden="true" hidden={properties.isBoard}>
        <span class="number">{t('rank')}</span><span>{t('competitor')}</span><span>{t('country')}</span><span class="number">{t('result')}</span>
      </div>
      <div class="grid-rows" ref={scroller} tabindex="0" role="region" aria-label={t('result')}>
        <div ref={spacer}><canvas ref={canvas} role="img" aria-label={properties.words} /></div>
      </div>
    </div>
  );
}
