// Preloaded into the conformance runner: it imports `globSync`, which Node has since 22 and which only another of its
// commands calls. Everything else of `fs` is Node's own.
import fs from 'node:fs';
import { register } from 'node:module';

const HOOKS = `
  const NAME = 'altis:fs';
  export async function resolve(specifier, context, next) {
    const isRunner = context.parentURL?.includes('/@modelcontextprotocol/conformance/');
    return specifier === 'fs' && isRunner ? { url: NAME, shortCircuit: true } : next(specifier, context);
  }
  export async function load(url, context, next) {
    if (url !== NAME) return next(url, context);
    const source = \`export * from 'node:fs'; export { default } from 'node:fs';
      export const globSync = () => { throw new Error('this Node has no globSync'); };\`;
    return { format: 'module', shortCircuit: true, source };
  }`;
if (fs.globSync === undefined) register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
