/* Keeps the list of mails fresh: waits at the server for mail, then takes the list anew. */
"use strict";

const live = () => document.getElementById("live");

async function refresh() {
    const reply = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.getElementById("live");
    if (fresh) live().replaceWith(document.adoptNode(fresh));
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function follow() {
    while (live() && "follow" in live().dataset) {
        try {
            const newest = live().dataset.newest;
            const reply = await fetch(`/mails?brief=1&limit=1&wait_ms=25000&after=${newest}`);
            const news = await reply.json();
            if (String(news.newest) !== newest) await refresh();
            await pause(500);
        } catch {
            await pause(3000);
        }
    }
}

follow();
