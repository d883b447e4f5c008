// Follows the work on a large file: asks the page's own address for JSON, fills [data-live] and the bar, and opens
// the page anew when the work has ended.
(() => {
  const EVERY_MS = 1000;
  const AFTER_FAILURE_MS = 5000;
  const section = document.querySelector("[data-work]");
  const bar = document.querySelector("[data-bar]");

  async function refresh() {
    let wait = EVERY_MS;
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status >= 500) {
        throw new Error(answer.statusText);
      }
      const tree = answer.ok && !answer.redirected ? await answer.json() : { working: false };
      if (!tree.working) {
        location.reload();
        return;
      }
      document.querySelector("[data-live=percent]").textContent = String(tree.percent);
      bar.value = tree.percent;
    } catch {
      wait = AFTER_FAILURE_MS;
    }
    setTimeout(refresh, wait);
  }

  if (section) {
    setTimeout(refresh, EVERY_MS);
  }
})();
