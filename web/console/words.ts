// Words for the names that the interface uses, in the page's language: `kind_name` in texts/. A
// name without words, as those that applications make up, is shown as it is.
import { t } from './text.ts';
import { en, type Texts } from './texts/en.ts';

type Kind = 'category' | 'purpose' | 'value' | 'status' | 'figure';

export function named(kind: Kind, name: string): string {
  const key = `${kind}_${name}`;
  return Object.hasOwn(en, key) ? t(key as keyof Texts) : name.replaceAll('_', ' ');
}
