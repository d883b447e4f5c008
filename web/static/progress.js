// Refreshes a running broadcast's numbers: asks the page's own address for JSON and fills every [data-live]. Pace and
// time left ([data-pace]) are those of the last seconds; the page comes with the average since the start.
import { rateOf, rateText, timeText, withSample } from "./pace.js";

(() => {
  const EVERY_MS = 1000;
  const AFTER_FAILURE_MS = 5000;
  const section = document.querySelector("[data-progress]");
  const bar = document.querySelector(".stack");
  let samples = [];

  const named = (tree, path) => path.split(".").reduce((at, name) => at?.[name], tree);

  function showNumbers(tree) {
    for (const spot of document.querySelectorAll("[data-live]")) {
      const text = String(named(tree, spot.dataset.live) ?? "");
      if (spot.textContent !== text) {
        spot.textContent = text;
      }
    }
  }

  function showPace(tree) {
    samples = withSample(samples, { at: performance.now(), done: tree.done });
    const rate = rateOf(samples);
    if (rate !== null) {
      document.querySelector("[data-pace=rate]").textContent = rateText(rate);
      document.querySelector("[data-pace=left]").textContent = timeText(tree.left, rate);
    }
  }

  function showBar(parts) {
    bar.replaceChildren(...parts.map((part) => {
      const rect = document.createElementNS(bar.namespaceURI, "rect");
      rect.setAttribute("class", part.kind);
      rect.setAttribute("x", part.x);
      rect.setAttribute("width", part.width);
      rect.setAttribute("height", 10);
      return rect;
    }));
  }

  async function refresh() {
    let wait = EVERY_MS;
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status >= 500) {
        throw new Error(answer.statusText);
      }
      const tree = answer.ok && !answer.redirected ? await answer.json() : { running: false };
      if (!tree.running) {
        location.reload();
        return;
      }
      showNumbers(tree);
      showPace(tree);
      showBar(tree.bar);
    } catch {
      wait = AFTER_FAILURE_MS;
    }
    setTimeout(refresh, wait);
  }

  if (section) {
    setTimeout(refresh, EVERY_MS);
  }
})();
