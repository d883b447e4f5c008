// The text rules of alerts on the page: the same verdicts as core/words/prose.c and migrations/0002_prose.sql, from the same
// tables (tools/prosegen.awk). Pure functions; prose_field.js shows what they say.
import { cures, drops, folds, jis, ranges } from "./prose_table.js";

export const most = { body: 200, title: 40 };

const inJis = new Set(jis);
const dropped = new Set(drops.map((cp) => String.fromCodePoint(cp)));
const foldAlways = foldMap(false);
const foldJapanese = foldMap(true);

function foldMap(japanese) {
  return new Map(
    folds.filter(([, , only]) => japanese || !only).map(([from, to]) => [String.fromCodePoint(from), String.fromCodePoint(to)])
  );
}

const isJapanese = (lang) => lang === "ja" || lang === "easy";
const within = (list, cp) => list.some(([first, last]) => cp >= first && cp <= last);
const countOf = (text) => Array.from(text).length;

// One LF a line break, nothing invisible, NFC, one form of each character.
export function normal(raw, lang) {
  const fold = isJapanese(lang) ? foldJapanese : foldAlways;
  const plain = Array.from(raw.replace(/\r\n/g, "\n")).filter((c) => !dropped.has(c)).join("");
  return Array.from(plain.normalize("NFC"), (c) => (fold.has(c) ? fold.get(c) : c)).join("");
}

export function allowed(c, lang) {
  const cp = c.codePointAt(0);
  if (cp >= 0xd800 && cp <= 0xdfff) {
    return false; // half a character
  }
  if (isJapanese(lang)) {
    return inJis.has(c) || within(ranges.ja, cp);
  }
  return lang === "en" ? inJis.has(c) || within(ranges.en, cp) : !within(ranges.other, cp);
}

function cureOf(c, oneLine) {
  if (oneLine && c === "\n") {
    return " ";
  }
  const cure = cures.has(c) ? cures.get(c) : foldJapanese.has(c) ? foldJapanese.get(c) : "";
  return oneLine && cure === "\n" ? " " : cure;
}

// Pieces of a normal form in order: {text, at} where it is good, {text, at, code, cure} where it must not stand.
export function pieces(text, lang, oneLine) {
  const list = [];
  const all = Array.from(text);
  for (let i = 0; i < all.length; i++) {
    const c = all[i];
    const at = i;
    if (allowed(c, lang) && !(oneLine && c === "\n")) {
      list.push({ text: c, at });
      continue;
    }
    const pair = cures.has(c + all[i + 1]) ? c + all[++i] : c; // half-width kana take their voice mark along
    const code = "U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    list.push({ text: pair, at, code, cure: cureOf(pair, oneLine) });
  }
  return list;
}

// What somebody typed, judged: {verdict, text, count, most, pieces, bad, cured, curedCount}.
export function check(kind, raw, lang = "ja", stamp = "") {
  const text = normal(raw, lang);
  const parts = pieces(text, lang, kind === "title");
  const bad = parts.filter((p) => p.code);
  const cured = parts.map((p) => (p.code ? p.cure : p.text)).join("");
  const count = countOf(stamp) + countOf(text);
  const verdict = /^[ \u3000\n]*$/.test(text) ? "empty" : bad.length ? "bad_chars" : count > most[kind] ? "too_long" : "ok";
  return { verdict, text, count, most: most[kind], pieces: parts, bad, cured, curedCount: countOf(stamp) + countOf(cured) };
}
