// The console's files go beside the live pages' into web/dist, under names that change with their content.
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';

export default defineConfig({
  root: import.meta.dirname,
  base: '/live/assets/',
  plugins: [solid()],
  build: {
    target: 'es2022',
    assetsDir: '',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      input: `${import.meta.dirname}/console.html`,
      output: { entryFileNames: 'console-[hash].js', chunkFileNames: 'console-[name]-[hash].js', assetFileNames: 'console-[hash][extname]' },
    },
  },
  worker: { format: 'es', rollupOptions: { output: { entryFileNames: 'console-worker-[hash].js' } } },
});
