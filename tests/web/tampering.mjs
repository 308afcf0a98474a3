// Everything that can be done to a proof, and which refusal must name it. The same in Node and in a
// browser: it gets the verifier and honest answers of a real server.

const flipText = (text, at) => {
  const to = text[at] === '1' ? '2' : '1';
  return text.slice(0, at) + to + text.slice(at + 1);
};

const flipBase64 = (text, at) =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

// Changes what `find` matches within a checkpoint, by its first group.
function changed(text, find, change) {
  const match = find.exec(text);
  if (!match) throw new Error(`${find} is not in ${text}`);
  const at = match.index + match[0].indexOf(match[1]);
  return text.slice(0, at) + change(match[1]) + text.slice(at + match[1].length);
}

// Another log's key of the same name.
async function strangeKey(origin) {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const typed = new Uint8Array([1, ...raw]);
  const named = new Uint8Array([...new TextEncoder().encode(`${origin}\n`), ...typed]);
  const id = new Uint8Array(await crypto.subtle.digest('SHA-256', named)).slice(0, 4);
  const hex = [...id].map((b) => b.toString(16).padStart(2, '0')).join('');
  return `${origin}+${hex}+${btoa(String.fromCharCode(...typed))}`;
}

// `honest`: {proof, key, older, newer, path, tiles} with tiles as numbers by "level/index".
export async function checkAll({ verifyFact, verifyFactByTiles, verifyConsistency }, honest) {
  const { proof, key, older, newer, path, tiles } = honest;
  const problems = [];
  let cases = 0;
  const expect = async (what, code, answer) => {
    ++cases;
    const { holds, code: got, reason } = await answer;
    const isRight = code === null ? holds === true : holds === false && got === code && !!reason;
    if (!isRight) problems.push(`${what}: expected ${code ?? 'that it holds'}, got ${got ?? holds}`);
  };
  const fact = (changes, withKey = key) => verifyFact({ ...proof, ...changes }, withKey);
  const head = (find, change) => fact({ checkpoint: changed(proof.checkpoint, find, change) });
  const fetchFrom = (source) => async (level, index) => Uint8Array.from(source[`${level}/${index}`] ?? []);
  const byTiles = (entry, source, index = proof.index) =>
    verifyFactByTiles(entry, index, proof.checkpoint, key, fetchFrom(source));
  const origin = key.slice(0, key.indexOf('+'));
  const stranger = await strangeKey(origin);

  await expect('an honest proof', null, fact({}));
  const score = proof.entry.indexOf('226.79');
  for (let i = 0; i < 6; ++i) {
    if (i !== 3) await expect(`digit ${i} of the score`, 'proof.refuted', fact({ entry: flipText(proof.entry, score + i) }));
  }
  for (let at = 0; at < proof.entry.length; at += 97) {
    await expect(`character ${at} of the fact`, 'proof.refuted', fact({ entry: flipText(proof.entry, at) }));
  }
  await expect('another place', 'proof.refuted', fact({ index: proof.index + 1 }));
  await expect('a place beyond the log', 'proof.refuted', fact({ index: 2 ** 40 }));
  await expect('no place', 'proof.malformed', fact({ index: -1 }));
  await expect('half a place', 'proof.malformed', fact({ index: 0.5 }));
  for (let step = 0; step < proof.path.length; ++step) {
    const other = proof.path.with?.(step, flipText(proof.path[step], 7)) ??
      proof.path.map((hash, i) => (i === step ? flipText(hash, 7) : hash));
    await expect(`step ${step} of the path`, 'proof.refuted', fact({ path: other }));
  }
  await expect('a shorter path', 'proof.refuted', fact({ path: proof.path.slice(1) }));
  await expect('a longer path', 'proof.refuted', fact({ path: [...proof.path, proof.path[0]] }));
  await expect('a path in another order', 'proof.refuted', fact({ path: [...proof.path].reverse() }));
  await expect('a path of something else', 'proof.malformed', fact({ path: ['x'] }));
  await expect('no path', 'proof.malformed', fact({ path: undefined }));
  await expect('another format', 'proof.malformed', fact({ format: 'altis.results.proof.9' }));
  await expect('nothing', 'proof.malformed', verifyFact(null, key));

  await expect('the size of the head', 'checkpoint.forged', head(/\n(\d+)\n/, (n) => `${Number(n) + 1}`));
  await expect('the root of the head', 'checkpoint.forged', head(/\n\d+\n(\S+)\n/, (root) => flipBase64(root, 5)));
  await expect('a root of no base64', 'checkpoint.malformed', head(/\n\d+\n(\S+)\n/, (root) => `!${root.slice(1)}`));
  await expect('a size with a zero before it', 'checkpoint.malformed', head(/\n(\d+)\n/, (n) => `0${n}`));
  await expect('the name of the head', 'checkpoint.other_log', head(/^(\S+)\n/, (name) => `${name}x`));
  for (const at of [8, 40, 80]) {
    await expect(`character ${at} of the signature`, 'checkpoint.forged', head(/\u2014 \S+ (\S+)\n/, (s) => flipBase64(s, at)));
  }
  await expect('the key id of the signature', 'checkpoint.other_log', head(/\u2014 \S+ (\S+)\n/, (s) => flipBase64(s, 0)));
  await expect('no signature', 'checkpoint.other_log', head(/(\u2014 .*\n)/, () => ''));
  await expect('a head cut short', 'checkpoint.malformed', fact({ checkpoint: proof.checkpoint.slice(0, -1) }));
  await expect('another key of this name', 'checkpoint.other_log', fact({}, stranger));
  await expect('a damaged key', 'checkpoint.key_malformed', fact({}, flipText(key, key.indexOf('+') + 1)));

  await expect('honest tiles', null, byTiles(proof.entry, tiles));
  await expect('a changed fact beside honest tiles', 'fact.refuted', byTiles(flipText(proof.entry, score), tiles));
  const bent = { ...tiles, '0/0': tiles['0/0'].map((byte, i) => (i === 3 ? byte ^ 1 : byte)) };
  await expect('a flipped bit in a tile', 'tiles.refuted', byTiles(proof.entry, bent));
  await expect('a tile cut short', 'tiles.short', byTiles(proof.entry, { '0/0': tiles['0/0'].slice(0, 32) }));
  await expect('an entry that is not there', 'proof.refuted', byTiles(proof.entry, tiles, 4096));

  const grown = (from, to, steps, withKey = key) => verifyConsistency(from, to, steps, withKey);
  await expect('a log that grew', null, grown(older, newer, path));
  await expect('a log that stayed', null, grown(newer, newer, []));
  await expect('a log that shrank', 'consistency.shrunk', grown(newer, older, path));
  for (let step = 0; step < path.length; ++step) {
    const other = path.map((hash, i) => (i === step ? flipText(hash, 9) : hash));
    await expect(`step ${step} between the heads`, 'consistency.refuted', grown(older, newer, other));
  }
  await expect('a missing step', 'consistency.refuted', grown(older, newer, path.slice(1)));
  await expect('a step too many', 'consistency.refuted', grown(older, newer, [...path, path[0]]));
  await expect('an older head that was changed', 'checkpoint.forged',
    grown(changed(older, /\n\d+\n(\S+)\n/, (root) => flipBase64(root, 5)), newer, path));
  await expect('heads of another key', 'checkpoint.other_log', grown(older, newer, path, stranger));
  return { cases, problems };
}
