// Where the console begins.
import { render } from 'solid-js/web';
import './tokens.css';
import './console.css';
import { Console } from './console.tsx';
import { chooseLanguage } from './text.ts';
import { resume } from './session.ts';

const root = document.getElementById('console');
if (root) {
  await Promise.all([chooseLanguage(localStorage.getItem('language') ?? 'en'), resume()]);
  render(() => <Console />, root);
}
