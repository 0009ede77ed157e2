// Filters in front of the table of revocations: what it costs to see that a good token's id is not among a million.
import { toText } from "../lib/report.mjs";
import { createRandom, summarize } from "../lib/statistics.mjs";

/**
 * @typedef {object} Filter Of hashes of 32 bits.
 * @property {string} name
 * @property {number} bytes
 * @property {(hash: number) => void} add
 * @property {(hash: number) => boolean} mayHave
 * @property {() => void} [finish] After all were added.
 */

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runFilters({ isQuick, log }) {
  const count = isQuick ? 100_000 : 1_000_000;
  const random = createRandom(42);
  const draw = () => Int32Array.from({ length: count }, () => random() * 2 ** 32);
  const [present, absent] = [draw(), draw()];
  const rows = [createOurs, createBloom, createCuckoo, createSorted].map((create) => {
    const filter = create(count);
    log(filter.name);
    const { add, look } = createLoops(filter);
    const added = add(present);
    if (look(present).passed < count) throw new Error(`${filter.name} misses a hash that was added`);
    const looks = Array.from({ length: 9 }, () => look(absent));
    return [
      filter.name,
      toText(filter.bytes / 2 ** 20),
      toText(added),
      toText(summarize(looks.map(({ time }) => time)).median),
      `${toText((100 * (looks[0]?.passed ?? Number.NaN)) / count)} %`,
    ];
  });
  const columns = ["filter", "MiB", "ns to add", "ns to look up what is absent", "absent, but passes"];
  return [{ title: `Filters of ${count.toLocaleString("en")} hashes`, columns, rows }];
}

/**
 * Loops of its own for each filter, which the engine optimizes for it alone. Times are nanoseconds per hash.
 * @param {Filter} filter
 * @returns {{ readonly add: (hashes: Int32Array) => number, readonly look: (hashes: Int32Array) => { readonly passed: number, readonly time: number } }}
 */
function createLoops(filter) {
  return new Function(
    "{ add, finish, mayHave }",
    `const since = (start, hashes) => ((performance.now() - start) * 1e6) / hashes.length;
    return {
      add(hashes) {
        const start = performance.now();
        for (let at = 0; at < hashes.length; at++) add(hashes[at]);
        finish?.();
        return since(start, hashes);
      },
      look(hashes) {
        let passed = 0;
        const start = performance.now();
        for (let at = 0; at < hashes.length; at++) if (mayHave(hashes[at])) passed++;
        return { passed, time: since(start, hashes) };
      },
    };`,
  )(filter);
}

/** The finaliser of MurmurHash3. @param {number} hash */
function mix(hash) {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** The power of two that holds so many. @param {number} count */
const powerFor = (count) => 2 ** Math.ceil(Math.log2(count));

/** As `src/revocation/replica/sample-filter.ts`. @param {number} count @returns {Filter} */
function createOurs(count) {
  const words = new Int32Array((powerFor(count * 1.4) * 8) / 32);
  const bits = (/** @type {number} */ hash) => (1 << (hash & 31)) | (1 << ((hash >>> 5) & 31));
  const wordOf = (/** @type {number} */ hash) => (hash >>> 10) & (words.length - 1);
  return {
    name: "blocked Bloom, two bits in one word (ours)",
    bytes: words.byteLength,
    add: (hash) => {
      words[wordOf(hash)] = (words[wordOf(hash)] ?? 0) | bits(hash);
    },
    mayHave: (hash) => ((words[wordOf(hash)] ?? 0) & bits(hash)) === bits(hash),
  };
}

/** @param {number} count @returns {Filter} */
function createBloom(count) {
  const size = powerFor(count * 10);
  const words = new Int32Array(size / 32);
  const step = (/** @type {number} */ hash) => mix(hash ^ 0x5bd1e995) | 1;
  return {
    name: "Bloom, seven bits",
    bytes: words.byteLength,
    add: (hash) => {
      for (let round = 0, at = mix(hash); round < 7; round++, at = (at + step(hash)) | 0) {
        const bit = at & (size - 1);
        words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << (bit & 31));
      }
    },
    mayHave: (hash) => {
      const by = step(hash);
      for (let round = 0, at = mix(hash); round < 7; round++, at = (at + by) | 0) {
        const bit = at & (size - 1);
        if (((words[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
      }
      return true;
    },
  };
}

/** @param {number} count @returns {Filter} */
function createCuckoo(count) {
  const buckets = powerFor(count / 3);
  const slots = new Uint16Array(buckets * 4);
  const printOf = (/** @type {number} */ hash) => (mix(hash ^ 0x27d4eb2f) & 0xfff) + 1;
  const otherOf = (/** @type {number} */ bucket, /** @type {number} */ print) => (bucket ^ mix(print)) & (buckets - 1);
  const has = (/** @type {number} */ bucket, /** @type {number} */ print) => {
    const at = bucket * 4;
    return slots[at] === print || slots[at + 1] === print || slots[at + 2] === print || slots[at + 3] === print;
  };
  const put = (/** @type {number} */ bucket, /** @type {number} */ print) => {
    const free = [0, 1, 2, 3].find((slot) => slots[bucket * 4 + slot] === 0);
    if (free !== undefined) slots[bucket * 4 + free] = print;
    return free !== undefined;
  };
  return {
    name: "cuckoo, four prints of 13 bits",
    bytes: slots.byteLength,
    add: (hash) => {
      let print = printOf(hash);
      let bucket = mix(hash) & (buckets - 1);
      if (put(bucket, print)) return;
      for (let round = 0; round < 500; round++) {
        bucket = otherOf(bucket, print);
        if (put(bucket, print)) return;
        const at = bucket * 4 + (round & 3);
        [print, slots[at]] = [slots[at] ?? 0, print];
      }
      throw new Error("The cuckoo filter is full");
    },
    mayHave: (hash) => {
      const print = printOf(hash);
      const bucket = mix(hash) & (buckets - 1);
      return has(bucket, print) || has(otherOf(bucket, print), print);
    },
  };
}

/** @param {number} count @returns {Filter} */
function createSorted(count) {
  const hashes = new Int32Array(count);
  let size = 0;
  return {
    name: "sorted array of the hashes",
    bytes: hashes.byteLength,
    add: (hash) => {
      hashes[size++] = hash;
    },
    finish: () => void hashes.sort(),
    mayHave: (hash) => {
      let [low, high] = [0, size];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((hashes[middle] ?? 0) < hash) low = middle + 1;
        else high = middle;
      }
      return hashes[low] === hash;
    },
  };
}
