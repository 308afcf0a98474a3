// Paints a result list on one canvas: only the cells that are in sight and whose texts changed,
// some each frame. The rows stand below each other, or on a board in as many blocks side by side as
// fit.
import type { Row } from '../feed/rows.ts';

/** In CSS pixels. */
export interface Layout {
  rowHeight: number;
  font: number;
  pad: number;
  rank: number;
  organisation: number;
  result: number;
  block: number;
}
/** As the tables: a list to scroll. */
export const kList: Layout = {
  rowHeight: 29,
  font: 15,
  pad: 5,
  rank: 51,
  organisation: 77,
  result: 77,
  block: Infinity,
};
/** As many as fit, for a large screen. */
export const kBoard: Layout = {
  rowHeight: 12,
  font: 10,
  pad: 3,
  rank: 34,
  organisation: 30,
  result: 46,
  block: 200,
};

const kCells = 4; // of a row: rank, name, organisation, result
const kName = 1;
const kGap = 12; // between blocks
const kBudgetMs = 6; // of a frame, for painting
const kMostCuts = 10_000;
const kLook = 32; // cells between looks at the clock

interface Colours {
  ink: string;
  soft: string;
  medals: Record<string, string>;
  family: string;
}
interface Box {
  x: number;
  width: number;
  isRight: boolean;
}

/** A colour of tokens.css as the canvas takes it. */
function resolved(canvas: HTMLCanvasElement, name: string): string {
  canvas.style.color = `var(${name})`;
  return getComputedStyle(canvas).color;
}

/** What a cell shows, and what of it must be painted anew when it changes. */
function textOf(row: Row, cell: number): string {
  return cell === 0
    ? row.rank
    : cell === kName
      ? row.name
      : cell === 2
        ? row.organisation
        : row.result;
}
const keyOf = (row: Row, cell: number): string =>
  cell === kName && row.medal ? `${row.medal} ${row.name}` : textOf(row, cell);

// As dir="auto": by the first letter that has a direction.
const kFromRightToLeft = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}]/u;

export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #pen: CanvasRenderingContext2D;
  #layout: Layout = kList;
  #rows: readonly Row[] = [];
  #width = 0;
  #height = 0;
  #scroll = 0;
  #blocks = 1;
  #boxes: Box[] = []; // of a row's cells, block after block
  #painted: string[] = []; // by column and row in sight
  #colours: Colours = { ink: '', soft: '', medals: {}, family: '' };
  #isRightToLeft = false;
  // Long names, as they fit into their cells
  readonly #cuts = new Map<string, { width: number; text: string }>();
  #next = 0; // the cell where the next frame goes on
  #frame = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#pen = canvas.getContext('2d')!;
    this.recolour();
  }

  /** How high all rows are together, in CSS pixels. */
  get wholeHeight(): number {
    return this.#perBlock * this.#layout.rowHeight;
  }

  show(rows: readonly Row[]): void {
    const isOther = rows.length !== this.#rows.length;
    this.#rows = rows;
    if (isOther) this.#arrange();
    this.#wake();
  }

  /** In CSS pixels. */
  resize(layout: Layout, width: number, height: number): void {
    this.#layout = layout;
    this.#width = width;
    this.#height = height;
    this.#canvas.width = Math.round(width * this.#pixels);
    this.#canvas.height = Math.round(height * this.#pixels);
    this.#arrange();
  }

  scrollTo(top: number): void {
    if (top === this.#scroll) return;
    this.#scroll = top;
    this.#forget();
  }

  /** Colours, face and direction are those of the page as it is now. */
  recolour(): void {
    const of = (name: string): string => resolved(this.#canvas, name);
    const medals = { gold: of('--gold'), silver: of('--silver'), bronze: of('--bronze') };
    const { fontFamily, direction } = getComputedStyle(this.#canvas);
    this.#cuts.clear();
    this.#colours = { ink: of('--ink'), soft: of('--soft'), medals, family: fontFamily };
    this.#isRightToLeft = direction === 'rtl';
    this.#arrange();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
  }

  get #pixels(): number {
    return devicePixelRatio || 1;
  }
  get #perBlock(): number {
    return Math.max(1, Math.ceil(this.#rows.length / this.#blocks));
  }
  get #inSight(): number {
    return Math.min(this.#perBlock, Math.ceil(this.#height / this.#layout.rowHeight) + 1);
  }
  get #first(): number {
    return Math.floor(this.#scroll / this.#layout.rowHeight);
  }

  #arrange(): void {
    const { block, rank, organisation, result } = this.#layout;
    this.#blocks = Number.isFinite(block)
      ? Math.max(1, Math.floor((this.#width + kGap) / (block + kGap)))
      : 1;
    const width = (this.#width - kGap * (this.#blocks - 1)) / this.#blocks;
    const widths = [rank, Math.max(0, width - rank - organisation - result), organisation, result];
    this.#boxes = [];
    for (let at = 0; at < this.#blocks; ++at) {
      let x = at * (width + kGap);
      widths.forEach((own, cell) => {
        const isEnd = cell === 0 || cell === kCells - 1;
        this.#boxes.push({
          x: this.#isRightToLeft ? this.#width - x - own : x,
          width: own,
          isRight: isEnd !== this.#isRightToLeft,
        });
        x += own;
      });
    }
    this.#forget();
  }

  /** Everything is painted anew. */
  #forget(): void {
    this.#pen.setTransform(1, 0, 0, 1, 0, 0);
    this.#pen.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#painted = new Array<string>(this.#inSight * this.#boxes.length).fill('');
    this.#next = 0;
    this.#wake();
  }

  #wake(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #rowAt(column: number, down: number): Row | undefined {
    const place = this.#first + down;
    return place < this.#perBlock
      ? this.#rows[Math.floor(column / kCells) * this.#perBlock + place]
      : undefined;
  }

  /**
   * Goes column by column, so that what is set for one is set once; what does not fit into the
   * frame's time waits for the next.
   */
  #paint(): void {
    this.#frame = 0;
    const until = performance.now() + kBudgetMs;
    const [inSight, all] = [this.#inSight, this.#painted.length];
    const top = this.#first * this.#layout.rowHeight - this.#scroll;
    this.#pen.setTransform(this.#pixels, 0, 0, this.#pixels, 0, top * this.#pixels);
    let [done, painted, set] = [0, 0, -1];
    for (; done < all && (painted % kLook !== 0 || performance.now() < until); ++done) {
      const at = (this.#next + done) % all;
      const column = Math.floor(at / inSight);
      const down = at % inSight;
      const row = this.#rowAt(column, down);
      const key = row ? keyOf(row, column % kCells) : '';
      if (key === this.#painted[at]) continue;
      this.#painted[at] = key;
      if (column !== set) this.#take((set = column));
      this.#cell(column, down, row);
      ++painted;
    }
    this.#next = all === 0 ? 0 : (this.#next + done) % all;
    if (done < all) this.#wake();
  }

  /** The pen for a column. */
  #take(column: number): void {
    const pen = this.#pen;
    pen.font = `${this.#layout.font}px ${this.#colours.family}`;
    pen.fillStyle = column % kCells === 2 ? this.#colours.soft : this.#colours.ink;
    pen.direction = 'ltr';
    pen.textAlign = this.#boxes[column]!.isRight ? 'right' : 'left';
    pen.textBaseline = 'middle';
  }

  #cell(column: number, down: number, row: Row | undefined): void {
    const { x, width, isRight } = this.#boxes[column]!;
    const { rowHeight, pad } = this.#layout;
    const top = down * rowHeight;
    this.#pen.clearRect(x, top, width, rowHeight);
    if (!row) return;
    const cell = column % kCells;
    const mark =
      cell === kName ? this.#mark(isRight ? x + width - pad : x + pad, top, row.medal, isRight) : 0;
    const text = this.#fitted(cell, textOf(row, cell), width - 2 * pad - mark);
    if (cell === kName) this.#pen.direction = kFromRightToLeft.test(text) ? 'rtl' : 'ltr';
    this.#pen.fillText(
      text,
      isRight ? x + width - pad - mark : x + pad + mark,
      top + rowHeight / 2,
    );
  }

  /** Of a medal, from an edge on; how much room it takes. */
  #mark(edge: number, top: number, medal: string, isRight: boolean): number {
    const colour = this.#colours.medals[medal];
    if (!colour) return 0;
    const radius = this.#layout.font * 0.3;
    const pen = this.#pen;
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(
      isRight ? edge - radius : edge + radius,
      top + this.#layout.rowHeight / 2,
      radius,
      0,
      2 * Math.PI,
    );
    pen.fill();
    pen.fillStyle = this.#colours.ink;
    return radius * 2 + this.#layout.pad;
  }

  /**
   * Cut so that it stays in its cell. No letter is wider than the face is high, so short ones need
   * no measuring; names come again.
   */
  #fitted(cell: number, text: string, width: number): string {
    if (text.length * this.#layout.font <= width) return text;
    if (cell !== kName) return this.#cut(text, width);
    const known = this.#cuts.get(text);
    if (known?.width === width) return known.text;
    if (this.#cuts.size >= kMostCuts) this.#cuts.clear();
    const cut = { width, text: this.#cut(text, width) };
    this.#cuts.set(text, cut);
    return cut.text;
  }

  #cut(text: string, width: number): string {
    if (this.#pen.measureText(text).width <= width) return text;
    let [fits, over] = [0, text.length];
    while (over - fits > 1) {
      const middle = (fits + over) >> 1;
      if (this.#pen.measureText(`${text.slice(0, middle)}…`).width <= width) fits = middle;
      else over = middle;
    }
    return fits === 0 ? '' : `${text.slice(0, fits)}…`;
  }
}
