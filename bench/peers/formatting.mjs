// Formats the shared cases of words_bench with npm's intl-messageformat: node formatting.mjs NPM_FOLDER < cases
// A case is a line {"language", "pattern", "values", "text"}. Prints {"equal", "cases", "rate"}: how many came out as the
// text, and texts per CPU-second of patterns that were parsed before the clock ran.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const require = createRequire(path.resolve(process.argv[2], "package.json"));
const { IntlMessageFormat } = require("intl-messageformat");

const cases = readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const formats = cases.map((one) => new IntlMessageFormat(one.pattern, one.language));
let equal = 0;
cases.forEach((one, i) => {
  const text = formats[i].format(one.values);
  if (text === one.text) equal += 1;
  else console.error(`${one.language}: "${text}" is not "${one.text}"`);
});

const rounds = 3000;
const run = (count) => {
  for (let round = 0; round < count; round += 1)
    for (let i = 0; i < cases.length; i += 1) formats[i].format(cases[i].values);
};
run(300);
const begin = process.cpuUsage();
run(rounds);
const spent = process.cpuUsage(begin);
console.log(JSON.stringify({ equal, cases: cases.length, rate: (rounds * cases.length * 1e6) / (spent.user + spent.system) }));
