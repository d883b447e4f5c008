// Counts the characters of a new password while it is typed, as the server counts them.
"use strict";

(() => {
  const field = document.getElementById("password");
  const told = document.getElementById("password-count");
  const count = () => {
    told.querySelector("[data-count]").textContent = [...field.value.normalize("NFC")].length;
  };
  told.hidden = false;
  field.addEventListener("input", count);
  count();
})();
