// What pages do better with a script; every one of them works without.

// A form with data-live="#part" asks its own page anew while one types or chooses, and puts the
// part of the answer in place of its own. data-live-fields names what is sent: nothing personal.
for (const form of document.querySelectorAll("form[data-live]")) {
  const names = form.dataset.liveFields.split(" ");
  let waiting, asking;
  const ask = async () => {
    const query = new URLSearchParams();
    for (const name of names) query.set(name, new FormData(form).get(name) ?? "");
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`${form.getAttribute("action")}?${query}`, { signal: asking.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = page.querySelector(form.dataset.live);
      if (part) document.querySelector(form.dataset.live).replaceWith(document.adoptNode(part));
    } catch (error) {
      if (error.name !== "AbortError") return; // the line is down: sending the form will tell
    }
  };
  form.addEventListener("input", (event) => {
    if (!names.includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 120);
  });
}

function tell(form, sentence) {
  form.querySelector("[data-told]")?.remove();
  const told = document.createElement("p");
  told.className = "refused";
  told.dataset.told = "";
  told.setAttribute("role", "alert");
  told.textContent = sentence;
  form.prepend(told);
}

// Enter in a search goes to the first that was found; a form is sent once.
for (const form of document.querySelectorAll("form")) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    const first = form.dataset.first && document.querySelector(form.dataset.first);
    if (first) {
      event.preventDefault();
      location.href = first.href;
    } else if (!navigator.onLine) {
      event.preventDefault(); // the browser's own page of an error would forget what was typed
      tell(form, "Mất kết nối: chưa gửi gì; nội dung vẫn còn đây, hãy gửi lại khi có mạng.");
    } else if (sent) {
      event.preventDefault();
    } else if (form.method === "post") {
      sent = true;
      setTimeout(() => (sent = false), 5000); // the line may have been lost: it can be tried again
    }
  });
}

// One tick for all rows.
for (const all of document.querySelectorAll("input[data-all]")) {
  all.parentElement.hidden = false;
  all.addEventListener("change", () => {
    for (const one of document.querySelectorAll(all.dataset.all)) one.checked = all.checked;
  });
}

// Keys of their own, only where nobody types, and only as long as they are wanted (WCAG 2.1.4).
const KEPT = "tthc-keys";
const wanted = () => localStorage.getItem(KEPT) !== "off";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || !wanted()) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const found = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!found) return;
  event.preventDefault();
  if (found.matches("input")) found.select(), found.focus();
  else found.click();
});
for (const line of document.querySelectorAll("[data-keys]")) {
  const button = line.querySelector("button");
  const show = () => {
    button.setAttribute("aria-pressed", String(wanted()));
    button.textContent = `Phím tắt: ${wanted() ? "bật" : "tắt"}`;
  };
  line.hidden = false;
  show();
  button.addEventListener("click", () => {
    localStorage.setItem(KEPT, wanted() ? "off" : "on");
    show();
  });
}

// The form of an act: its first field is where the next key belongs; once its effect was looked
// at, its button is. A finger opens it without a keyboard on the screen.
for (const act of document.querySelectorAll(".act-form")) {
  const enter = () => {
    if (!act.open || act.querySelector("[aria-invalid]")) return;
    const seen = act.querySelector("[role=status] ~ .act button");
    (seen ?? act.querySelector("form > .field :is(input, select, textarea), form > .act button")).focus();
  };
  if (!matchMedia("(pointer: fine)").matches) break;
  enter();
  act.querySelector("summary").addEventListener("click", () => setTimeout(enter));
}

// Rooms that are unfolded fold when one goes on elsewhere, or by Escape; so does an act's form.
// Escape leaves an empty search, for the keys that have a meaning of their own.
const unfolded = () => document.querySelector("header nav details[open]");
document.addEventListener("click", (event) => {
  const open = unfolded();
  if (open && !open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest(".act-form[open]") ?? unfolded();
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  } else if (event.target.matches("[type=search]") && !event.target.value) event.target.blur();
});

// The error that was told is where one goes on.
document.querySelector("[aria-invalid]")?.focus();
