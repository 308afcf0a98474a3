// A rate over time on a canvas: the newest at the end, where one reads.
import { createEffect } from 'solid-js';

function draw(canvas: HTMLCanvasElement, rates: number[], places: number): void {
  const pixels = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = width * pixels;
  canvas.height = height * pixels;
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const style = getComputedStyle(canvas);
  pen.scale(pixels, pixels);
  const top = Math.max(1, ...rates);
  const step = width / (places - 1);
  const x = (at: number): number => width - (rates.length - 1 - at) * step;
  const y = (rate: number): number => height - 2 - (rate / top) * (height - 8);
  pen.strokeStyle = style.outlineColor;
  pen.beginPath();
  pen.moveTo(0, height - .5);
  pen.lineTo(width, height - .5);
  pen.stroke();
  if (rates.length < 2) return;
  pen.beginPath();
  rates.forEach((rate, at) => pen.lineTo(x(at), y(rate)));
  pen.strokeStyle = style.color;
  pen.lineWidth = 1.5;
  pen.stroke();
  pen.lineTo(width, height);
  pen.lineTo(x(0), height);
  pen.globalAlpha = .15;
  pen.fillStyle = style.color;
  pen.fill();
}

export function RateChart(properties: { rates: number[]; places: number; words: string }) {
  let canvas!: HTMLCanvasElement;
  createEffect(() => {
    const { rates, places } = properties;
    requestAnimationFrame(() => draw(canvas, rates, places));
  });
  return <><canvas ref={canvas} role="img" aria-label={properties.words} /><p class="small soft" aria-hidden="true">{properties.words}</p></>;
}
