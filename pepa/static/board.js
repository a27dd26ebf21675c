// Moves a card without a new page, by its buttons or by dragging, one move after the other. The focus stays on the
// card; #moved says where it is.
(() => {
  const board = document.getElementById("board");
  const form = document.getElementById("moves");
  const said = document.getElementById("moved");
  if (!form || !window.fetch) return;
  let queue = Promise.resolve();
  let held = null;

  // `card version column neighbour`. A button is read when its turn comes: the move before may have changed it.
  async function send(code, where, word) {
    const card = document.getElementById(code);
    const button = card && (where ? card.querySelector("button") : named(card, word));
    if (!button) return read(location.href);
    const told = button.value.split(" ");
    const lane = where ? where[0] : told[2];
    const fields = new URLSearchParams(new FormData(form));
    fields.set("to", where ? [...told.slice(0, 2), ...where].join(" ") : button.value);
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: { "HX-Request": "true" } });
    const next = answer.headers.get("HX-Redirect");
    if (!next) return refused(await answer.text());
    if (new URL(next, location.href).pathname !== location.pathname) return location.assign(next);
    await read(next);
    tell(code, word, lane);
  }

  function named(card, word) {
    return [...card.querySelectorAll("button")].find((button) => button.textContent === word);
  }

  async function read(address) {
    const headers = { "HX-Request": "true", "HX-Target": "section#board" };
    const answer = await fetch(address, { headers });
    if (!answer.ok || answer.headers.get("HX-Redirect")) return location.reload();
    board.replaceChildren(...parsed(await answer.text()));
    prepare();
  }

  function parsed(html) {
    return new DOMParser().parseFromString(html, "text/html").body.childNodes;
  }

  function refused(html) {
    const notices = document.getElementById("notices");
    const told = new DOMParser().parseFromString(html, "text/html").querySelector(".notice[role=alert]");
    if (told) notices.replaceChildren(told);
    notices.scrollIntoView({ block: "nearest" });
    return read(location.href);
  }

  function tell(code, word, lane) {
    const card = document.getElementById(code);
    if (!card) return below(code, board.querySelector(`[data-column="${lane}"]`));
    const more = card.querySelector("details");
    if (more) more.open = Boolean(word);
    (named(card, word) || card).focus();
    const cards = [...card.parentNode.children];
    said.textContent = `${code}: ${heading(card.closest(".column"))}, ${cards.indexOf(card) + 1}/${cards.length}`;
  }

  function heading(column) {
    return column.querySelector("h2 span").textContent;
  }

  // It stands there, but further down than the board shows.
  function below(code, column) {
    const link = column && column.querySelector("p a");
    if (link) link.focus();
    said.textContent = `${code}: ${column ? heading(column) : ""}, ${said.dataset.below}`;
  }

  function later(code, where, word) {
    queue = queue.then(() => send(code, where, word)).catch(() => location.reload());
  }

  function prepare() {
    for (const card of board.querySelectorAll(".card:has(button)")) card.draggable = true;
  }

  // Behind which card of a list something lands that is let go at this height.
  function behind(list, y) {
    let last = null;
    for (const card of list.children) {
      const box = card.getBoundingClientRect();
      if (card !== held && box.top + box.height / 2 < y) last = card;
    }
    return last;
  }

  form.addEventListener("submit", (event) => {
    if (!event.submitter) return;
    event.preventDefault();
    later(event.submitter.closest(".card").id, null, event.submitter.textContent);
  });

  board.addEventListener("dragstart", (event) => {
    held = event.target.closest && event.target.closest(".card[draggable=true]");
    if (held) event.dataTransfer.setData("text/plain", held.id);
  });

  board.addEventListener("dragend", () => { held = null; });
  board.addEventListener("dragover", (event) => {
    if (held && event.target.closest(".column")) event.preventDefault();
  });

  board.addEventListener("drop", (event) => {
    const column = event.target.closest(".column");
    if (!held || !column) return;
    event.preventDefault();
    const list = column.querySelector("ol");
    const after = behind(list, event.clientY);
    list.insertBefore(held, after ? after.nextSibling : list.firstChild);
    later(held.id, after ? [column.dataset.column, after.id] : [column.dataset.column], "");
    held = null;
  });

  prepare();
})();
