// One unit as it happens: by the feed, whose worker decodes and checks it; by asking each second
// where the feed is refused.
import { createEffect, createMemo, createSignal, on, onCleanup, type Accessor } from 'solid-js';
import type { FeedState, FromFeed, Head, ToFeed } from '../feed/feed_worker.ts';
import { rowsOfUnit, type Holder, type Line, type Row } from '../feed/rows.ts';
import { authorisation, part, type GetPath, type Problem } from './client.ts';
import { poll } from './poll.ts';

export interface LiveUnit {
  head: Accessor<Head | undefined>;
  rows: Accessor<Row[]>;
  state: Accessor<FeedState>;
  /** Whether hashes are checked, which needs https or loopback. */
  isChecked: Accessor<boolean>;
  /** Of asking, where the feed is refused. */
  problem: Accessor<Problem | null>;
}

type Asked = Head & { lines?: Line[]; medals?: Holder[] };
interface Shown {
  head: Head;
  rows: Row[];
}

const kCodeOfDiscipline = 3; // characters of a unit's code

/** The rows with those that changed in their new texts. */
function changed(
  before: readonly Row[],
  count: number,
  places: Int32Array,
  texts: string[],
): Row[] {
  const rows = before.slice(0, count);
  places.forEach((place, at) => {
    const [rank, name, medal, organisation, result] = texts.slice(at * 5, at * 5 + 5) as [
      string,
      string,
      string,
      string,
      string,
    ];
    rows[place] = { rank, name, medal, organisation, result };
  });
  return rows;
}

export function liveUnit(
  unit: Accessor<string | undefined>,
  edition: Accessor<string | undefined>,
): LiveUnit {
  const [shown, setShown] = createSignal<Shown>();
  const [state, setState] = createSignal<FeedState>('connecting');
  const [isChecked, setChecked] = createSignal(false);
  const discipline = createMemo(() => unit()?.slice(0, kCodeOfDiscipline));
  const mine = (): Shown | undefined => (shown()?.head.unit === unit() ? shown() : undefined);

  createEffect(() => {
    const [followed, of] = [discipline(), edition()];
    if (!followed || !of) return;
    const worker = new Worker(new URL('../feed/feed_worker.ts', import.meta.url), {
      type: 'module',
    });
    const say = (message: ToFeed): void => worker.postMessage(message);
    let frame = 0;
    worker.onmessage = ({ data }: MessageEvent<FromFeed>) => {
      if ('state' in data) {
        setState(data.state);
        setChecked(data.isChecked);
        return;
      }
      if ('gone' in data) {
        if (data.gone === unit()) setShown(undefined);
        return;
      }
      const { head, count, places, texts } = data.change;
      if (head.unit === unit())
        setShown((before) => ({
          head,
          rows: changed(before?.head.unit === head.unit ? before.rows : [], count, places, texts),
        }));
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => say({ drawn: true }));
    };
    const path: GetPath = `/v1/results/live?discipline=${part(followed)}&edition=${part(of)}`;
    say({ path, authorisation: authorisation() });
    createEffect(() => {
      if (unit()) say({ show: unit()! });
    });
    onCleanup(() => {
      cancelAnimationFrame(frame);
      worker.terminate();
    });
  });

  const asked = poll<Asked>(() =>
    state() === 'refused' && unit() && edition()
      ? `/v1/results/units/${part(unit()!)}?edition=${part(edition()!)}`
      : null,
  );
  createEffect(
    on([state, unit], () => {
      void asked.again();
    }),
  );
  createEffect(() => {
    const fresh = asked.value();
    if (fresh && state() === 'refused')
      setShown((before) => ({
        head: fresh,
        rows: rowsOfUnit(fresh, before?.head.unit === fresh.unit ? before.rows : []),
      }));
  });
  return {
    head: () => mine()?.head,
    rows: () => mine()?.rows ?? [],
    state,
    isChecked,
    problem: () => (state() === 'refused' ? asked.problem() : null),
  };
}
