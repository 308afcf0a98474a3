// The pages, in the order of the side bar. `scope` is what a key must carry to find something there.
import { lazy, type Component } from 'solid-js';
import { Story } from './pages/story.tsx';
import type { Texts } from './texts/en.ts';

export interface Page { name: keyof Texts & string; scope: string; view: Component }

export const pages: Page[] = [
  { name: 'story', scope: '', view: Story },
  { name: 'results', scope: 'results', view: lazy(() => import('./pages/results.tsx')) },
  { name: 'rooms', scope: 'rooms', view: lazy(() => import('./pages/rooms.tsx')) },
  { name: 'segments', scope: 'segments', view: lazy(() => import('./pages/segments.tsx')) },
  { name: 'messages', scope: 'messages', view: lazy(() => import('./pages/messages.tsx')) },
  { name: 'fans', scope: 'fans', view: lazy(() => import('./pages/fans.tsx')) },
  { name: 'rights', scope: 'rights', view: lazy(() => import('./pages/rights.tsx')) },
  { name: 'system', scope: 'read', view: lazy(() => import('./pages/system.tsx')) },
];
