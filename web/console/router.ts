// Where the console is: "#/rooms/la28-airline", so that every place can be linked.
import { createSignal } from 'solid-js';

const read = (): string[] => {
  try { return location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent); } catch { return []; }
};
const [place, setPlace] = createSignal(read());
window.addEventListener('hashchange', () => setPlace(read()));

/** The parts of the place: the page's name, then what it shows. */
export { place };
export const link = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join('/')}`;
export const go = (...parts: string[]): void => { location.hash = link(...parts); };
