// Keeps a page of states fresh: asks the page's own address for it again and replaces [data-live-part], while the page
// is looked at.
(() => {
  const EVERY_MS = 2000;
  const AFTER_FAILURE_MS = 10000;
  const part = document.querySelector("[data-live-part]");

  async function refresh() {
    let wait = EVERY_MS;
    try {
      if (!document.hidden) {
        const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, cache: "no-store" });
        if (!answer.ok || answer.redirected) {
          throw new Error(answer.statusText);
        }
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        part.replaceChildren(...fresh.querySelector("[data-live-part]").childNodes);
      }
    } catch {
      wait = AFTER_FAILURE_MS;
    }
    setTimeout(refresh, wait);
  }

  if (part) {
    setTimeout(refresh, EVERY_MS);
  }
})();
