// Small helps on every page; each page works without them.
"use strict";

(() => {
  // A refused form: speak the summary first, and say each fault again at its field.
  const summary = document.querySelector(".errors");
  if (summary) {
    summary.focus();
    for (const link of summary.querySelectorAll("a[href^='#']")) {
      const field = document.getElementById(link.hash.slice(1));
      if (field) {
        markField(field, link.textContent);
      }
    }
  }

  function markField(field, text) {
    const group = field.closest(".field, fieldset") ?? field.parentElement;
    const note = document.createElement("p");
    note.className = "error-text";
    note.id = field.id + "-error";
    note.textContent = text;
    const anchor = group.querySelector("legend, label");
    anchor ? anchor.after(note) : group.prepend(note);
    group.classList.toggle("invalid", group.matches("fieldset"));
    if (field !== group) {
      field.setAttribute("aria-invalid", "true");
    }
    const described = field.getAttribute("aria-describedby");
    field.setAttribute("aria-describedby", described ? note.id + " " + described : note.id);
  }

  // Where one is among the main links.
  for (const link of document.querySelectorAll(".nav a")) {
    if (link.pathname === location.pathname) {
      link.setAttribute("aria-current", "page");
    }
  }

  // Of the menu's groups one is open at a time; Escape, or a press elsewhere, closes it.
  const groups = [...document.querySelectorAll(".nav details")];
  const closeGroups = (but) => groups.forEach((group) => group !== but && group.removeAttribute("open"));
  for (const group of groups) {
    group.addEventListener("toggle", () => group.open && closeGroups(group));
    group.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !group.contains(event.relatedTarget)) {
        group.removeAttribute("open"); // it would cover what has the focus now
      }
    });
    group.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && group.open) {
        closeGroups();
        group.querySelector("summary").focus();
      }
    });
  }
  if (groups.length) {
    addEventListener("click", (event) => closeGroups(event.target.closest(".nav details")));
  }

  // A button with data-confirm names the <dialog> that asks back; the dialog's own submit button sends the form.
  for (const button of document.querySelectorAll("button[data-confirm]")) {
    const dialog = document.getElementById(button.dataset.confirm);
    button.addEventListener("click", (event) => {
      if (dialog && button.form.reportValidity()) {
        event.preventDefault();
        dialog.showModal();
      }
    });
    dialog?.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
  }

  // One press, one request: a second submit of the same form is dropped until the page is shown anew.
  for (const form of document.querySelectorAll("form[method='post']")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
      }
      form.dataset.sent = "yes";
    });
  }
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));
})();
