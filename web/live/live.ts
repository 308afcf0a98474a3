// Keeps a live page fresh, and proves what it shows. Without it the page is whole, but stands still.
import { keepFresh } from './fresh.ts';
import { proveShown } from './prove.ts';

const main = document.querySelector<HTMLElement>('main');
const said = document.querySelector<HTMLElement>('#live');
if (main && said) {
  keepFresh(main, (text) => { said.textContent = text; }, () => void proveShown(main));
  void proveShown(main);
}
