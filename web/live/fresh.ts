// Fetches the page again when the edition's stream says that it changed, and replaces its content.
const SPREAD_MS = 400; // so that many readers do not ask in the same moment
const LOOK_MS = 30_000; // also without news: for what no stream tells, and behind what blocks streams

// The server made the HTML, and scripts in it would not run; so it is taken over as it is.
async function fetchMain(): Promise<HTMLElement | null> {
  const answer = await fetch(location.href, { cache: 'no-cache' });
  if (!answer.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
}

// The keyboard stays where it was.
function refocus(main: HTMLElement, href: string | null): void {
  if (href === null) return;
  for (const link of main.querySelectorAll('a')) {
    if (link.getAttribute('href') === href) return link.focus({ preventScroll: true });
  }
}

export function keepFresh(main: HTMLElement, say: (text: string) => void, after: () => void): void {
  const { changes = '', unit } = main.dataset;
  let shown = main.innerHTML;
  let timer = 0;
  const look = async (): Promise<void> => {
    timer = 0;
    const next = await fetchMain().catch(() => null);
    if (!next) return say('Not live: the server does not answer.');
    const html = next.innerHTML;
    if (html === shown) return;
    shown = html;
    const active = document.activeElement;
    const href = main.contains(active) ? active?.getAttribute('href') ?? null : null;
    main.replaceChildren(...next.childNodes);
    refocus(main, href);
    const status = main.querySelector('.status')?.textContent ?? '';
    say(`Updated at ${new Date().toLocaleTimeString()}.${unit ? ` ${status}.` : ''}`);
    after();
  };
  const soon = (): void => {
    if (timer === 0) timer = window.setTimeout(() => void look(), Math.random() * SPREAD_MS);
  };
  const stream = new EventSource(changes);
  stream.onopen = () => {
    say('Live.');
    soon(); // what happened since the page was made
  };
  stream.onerror = () => say('Not live: trying to connect again.');
  stream.addEventListener('reset', soon);
  stream.addEventListener('changed', (event: MessageEvent<string>) => {
    const { unit: changed } = JSON.parse(event.data) as { unit: string };
    if (!unit || unit === changed) soon();
  });
  window.setInterval(() => { if (!document.hidden) soon(); }, LOOK_MS);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) soon(); });
}
