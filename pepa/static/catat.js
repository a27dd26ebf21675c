/*
Catat without a net: what was filled in stays in this phone until the office has it, at most twenty. Numbers, a title, a
place, a day; no name, no story, no key. data-who is a mark of whoever filled it in: nobody else's session sends it.
*/
(function () {
  const list = document.getElementById("unsent"), form = document.getElementById("log");
  if (document.getElementById("shut") && window.caches) caches.delete("catat");  // no card is open: nothing to fill in
  if (!list || !window.fetch || !window.DOMParser || !window.FormData) return;
  const KEY = "catat", MOST = 20, PATIENCE = 20000, PAGE = list.dataset.page, words = list.dataset;
  const SHELL = PAGE + "/luring", SCRIPT = "/static/catat.js", TAKEN = /\/kegiatan\/tercatat\//, ASKS = [409, 422];
  let busy = false;

  function read() {
    try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch (error) { return []; }
  }
  function set(id, values) {
    write(read().map((item) => (item.id === id ? { ...item, ...values } : item)));
  }
  function write(items) {
    localStorage.setItem(KEY, JSON.stringify(items));
    list.replaceChildren(...read().map((item) => {
      const row = document.createElement("li"), where = document.createElement("b");
      where.textContent = words[item.state];
      row.append(where, " " + item.says + " ");
      if (item.asks && isOwn(item)) row.append(button(words.look, () => open(item)), " ");
      if (item.asks || !isOwn(item)) row.append(button(words.drop, () => confirm(item.says + "\n" + words.sure) && drop(item.id)));
      return row;
    }));
    list.hidden = !list.children.length;
  }
  function isOwn(item) {
    return item.who === words.who;
  }
  function drop(id) {
    write(read().filter((one) => one.id !== id));
  }
  function button(textContent, pressed) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "second", textContent });
    made.addEventListener("click", pressed);
    return made;
  }
  function open(item) {  // the office asks something about it: its own page says what; it stays here until it is there
    token().then((csrf) => {
      const sent = Object.assign(document.createElement("form"), { method: "post", action: PAGE });
      for (const [name, value] of [...item.fields, ["csrf_token", csrf], ["end", "1"]])
        sent.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      document.body.append(sent);
      sent.submit();
    }).catch(() => {});
  }
  function isThere(answer) {
    return answer.ok && TAKEN.test(answer.url);
  }
  function ask(address, options) {  // a line that says nothing is none
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), PATIENCE);
    return fetch(address, { credentials: "same-origin", signal: stop.signal, ...options }).finally(() => clearTimeout(timer));
  }
  function token() {  // of whoever is here now; somebody else's logs are not sent
    return ask(PAGE).then((answer) => answer.text()).then((text) => {
      const page = new DOMParser().parseFromString(text, "text/html"), there = page.getElementById("unsent");
      if (!there || there.dataset.who !== words.who) throw new Error("somebody else, or nobody");
      return page.querySelector("#log [name=csrf_token]")?.value || "";
    });
  }
  function send(item) {
    set(item.id, { state: "sent" });
    return token().then((csrf) => {
      const body = new URLSearchParams(item.fields);
      if (csrf) body.append("csrf_token", csrf);
      body.append("end", "1");
      return ask(PAGE, { method: "POST", body });
    }).then((answer) => {
      if (isThere(answer)) {
        set(item.id, { state: "here", asks: false });
        return answer.url;
      }
      const now = read().find((one) => one.id === item.id), isSame = now && String(now.fields) === String(item.fields);
      set(item.id, { state: "kept", asks: Boolean(isSame) && ASKS.includes(answer.status) });  // all else: tried again
    }).catch(() => set(item.id, { state: "kept" }));
  }
  function look(item) {  // whether what was asked about has come in by its own page
    const id = item.id.replace(/-/g, "").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    return ask(PAGE.replace(/catat$/, "tercatat/" + id)).then((answer) => isThere(answer) && set(item.id, { state: "here", asks: false }))
      .catch(() => {});
  }
  function idle() {  // whoever presses while others are on their way waits for them
    return new Promise((go) => (function wait() { busy ? setTimeout(wait, 100) : go((busy = true)); })());
  }
  async function flush() {
    if (busy || navigator.onLine === false) return;
    busy = true;
    for (const item of read()) if (item.state !== "here" && isOwn(item)) await (item.asks ? look(item) : send(item));
    busy = false;
  }
  function fresh() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  function fill() {  // the page that the phone kept: what the kit's code says, and today
    const asked = new URLSearchParams(location.search), day = asked.get("d") || "", part = asked.get("a");
    const today = new Date(Date.now() + 7 * 3600000).toISOString().slice(0, 10).replace(/-/g, "");  // in Serang
    const on = /^\d{8}$/.test(day) ? day : today, boxes = Array.from(form.querySelectorAll("[name=area_ids]"));
    form.elements.teaching.value = fresh();
    form.elements.plan.value = asked.get("r") || "";
    for (const [short, name] of [["t", "title_id"], ["w", "kelurahan_code"]])
      if (asked.get(short)) form.elements[name].value = asked.get(short);
    form.elements.on.value = [on.slice(6), on.slice(4, 6), on.slice(0, 4)].join("/");
    if (!part) return;
    const box = boxes.find((one) => one.value.replace(/-/g, "") === part.replace(/-/g, ""));
    if (box) return box.type === "checkbox" && (box.checked = true);  // a folded list is opened by whoever changes it
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "area_ids", value: part }));
  }
  function keep(event) {
    const { title_id: title, on, present, teaching } = form.elements, id = teaching.value, by = event.submitter || {};
    const others = read().filter((item) => item.state !== "here" && item.id !== id);
    if (by.name === "parts") return;
    event.preventDefault();
    if (others.filter(isOwn).length >= MOST) return form.append(words.full);
    const fields = [...new FormData(form)].filter(([name]) => name !== "csrf_token" && name !== "end");
    if (by.name) fields.push([by.name, by.value]);
    const says = [title.value && title.selectedOptions[0].text, on.value, present.value].join(" · ");
    write([...others, { id, who: words.who, fields, says, state: "kept" }]);
    if (navigator.onLine === false) return anew();
    const asked = () => read().find((item) => item.id === id && item.asks);
    idle().then(() => send(read().find((item) => item.id === id))).then((where) => {
      busy = false;
      if (where) location.assign(where);
      else if (asked()) open(asked());
      else anew();
    });
  }
  function anew() {
    form.reset();
    form.dataset.shell ? fill() : (form.elements.teaching.value = fresh());
    list.scrollIntoView();
  }

  write(read().filter((item) => item.state !== "here").map((item) => ({ ...item, state: "kept" })));
  if (form) {
    if (form.dataset.shell) fill();
    form.addEventListener("submit", keep);
    document.querySelector("[data-same]")?.addEventListener("click", () => drop(form.elements.teaching.value));
  }
  if (navigator.serviceWorker && !form?.dataset.shell)  // kept for when no net is; a page about a fault is not
    navigator.serviceWorker.register(PAGE.replace(/catat$/, "sw.js"), { scope: PAGE })
      .then(() => Promise.all([SHELL, SCRIPT].map((one) => fetch(one))))
      .then((answers) => answers.every((one) => one.ok && !one.redirected) && caches.open(KEY)
        .then((kept) => Promise.all([kept.put(SHELL, answers[0]), kept.put(SCRIPT, answers[1])]))).catch(() => {});
  addEventListener("online", flush);
  setInterval(flush, 30000);
  flush();
})();
