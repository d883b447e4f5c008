// Shows the text rules at a field while one types: the count, each character that may not stand, marked and listed with
// its cure, one press for one, one press for all. Without this script the server says the same on the 422 page.
//   <div data-prose="body" data-lang="ja" data-stamp=""> label, #ID, #ID-count, #ID-report </div>
// The sentences come from the page: <div id="prose-words" data-…>.
import { check } from "./prose.js";

const words = document.getElementById("prose-words")?.dataset ?? {};
const shown = (value) => (typeof value === "number" ? value.toLocaleString("en") : value);
const say = (name, values = {}) =>
  (words[name] ?? "").replace(/\{(\w+)\}/g, (whole, key) => (key in values ? shown(values[key]) : whole));

function element(name, className, text = "") {
  const e = document.createElement(name);
  e.className = className;
  e.textContent = text;
  return e;
}

function button(text, press) {
  const b = element("button", "button second small", text);
  b.type = "button";
  b.addEventListener("click", press);
  return b;
}

const visible = (text) => (text === "\n" ? "⏎" : text.trim() === "" ? "␣" : text);

function marked(parts) {
  const box = element("p", "marked");
  for (const part of parts) {
    box.append(part.code ? element("mark", "", visible(part.text)) : part.text);
  }
  return box;
}

function listed(result, replace) {
  const list = element("ul", "cures");
  for (const bad of result.bad) {
    const item = element("li", "");
    const act = bad.cure ? say("cure", { to: visible(bad.cure) }) : say("remove");
    item.append(
      element("span", "", say("at", { n: bad.at + 1 })),
      element("span", "from", visible(bad.text) + " " + bad.code),
      button(act, () => replace(result.pieces.map((p) => (p === bad ? p.cure : p.text)).join("")))
    );
    list.append(item);
  }
  return list;
}

function report(result, replace) {
  const parts = [element("p", "error-text", say("found", { n: result.bad.length })), marked(result.pieces)];
  if (result.curedCount > result.most) {
    parts.push(element("p", "error-text", say("long", { n: result.curedCount, most: result.most })));
  }
  parts.push(button(say("all"), () => replace(result.cured)), listed(result, replace));
  return parts;
}

function attach(group) {
  const field = group.querySelector("textarea, input");
  const count = document.getElementById(field.id + "-count");
  const box = document.getElementById(field.id + "-report");
  const replace = (text) => {
    field.value = text;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const show = () => {
    const result = check(group.dataset.prose, field.value, group.dataset.lang, group.dataset.stamp);
    const over = result.count > result.most;
    count.textContent = say(over ? "over" : "count", { n: result.count, most: result.most, over: result.count - result.most });
    count.classList.toggle("over", over);
    box.hidden = !result.bad.length;
    box.replaceChildren(...(result.bad.length ? report(result, replace) : []));
  };
  count.setAttribute("aria-live", "polite");
  field.addEventListener("input", show);
  show();
}

document.querySelectorAll("[data-prose]").forEach(attach);
