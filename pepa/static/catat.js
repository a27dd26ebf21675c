/*
Catat without a net: what was filled in stays in this phone until the office has it, at most twenty. Numbers, a title, a
place, a day; no name, no story, no key. data-who is a mark of whoever filled it in: nobody else's session sends it.
*/
(function () {
  const list = document.getElementById("unsent"), form = document.getElementById("log");
  if (!list || !window.fetch || !window.DOMParser || !window.FormData) return;
  const KEY = "catat", MOST = 20, PATIENCE = 20000, PAGE = list.dataset.page, words = list.dataset;
  const SHELL = PAGE + "/luring", TAKEN = /\/kegiatan\/tercatat\//;
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
      if (item.asks) row.append(look(item));
      return row;
    }));
    list.hidden = !list.children.length;
  }
  function look(item) {  // the office asks something about it: its own page says what
    const button = Object.assign(document.createElement("button"), { type: "button", className: "second", textContent: words.look });
    button.addEventListener("click", () => token().then((csrf) => {
      const sent = Object.assign(document.createElement("form"), { method: "post", action: PAGE });
      for (const [name, value] of [...item.fields, ["csrf_token", csrf], ["end", "1"]])
        sent.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      document.body.append(sent);
      write(read().filter((one) => one.id !== item.id));
      sent.submit();
    }));
    return button;
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
      const taken = answer.ok && TAKEN.test(answer.url);
      set(item.id, { state: taken ? "here" : "kept", asks: !taken });
      return taken ? answer.url : "";
    }).catch(() => set(item.id, { state: "kept" }));
  }
  async function flush() {
    if (busy || navigator.onLine === false) return;
    busy = true;
    for (const item of read()) if (item.state !== "here" && item.who === words.who && !item.asks) await send(item);
    busy = false;
  }
  function fresh() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  function fill() {  // the page that the phone kept: what the kit's code says, and today
    const asked = new URLSearchParams(location.search), day = asked.get("d") || "", now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    form.elements.teaching.value = fresh();
    form.elements.plan.value = asked.get("r") || "";
    for (const [short, name] of [["t", "title_id"], ["w", "kelurahan_code"]])
      if (asked.get(short)) form.elements[name].value = asked.get(short);
    form.elements.on.value = /^\d{8}$/.test(day) ? [day.slice(6), day.slice(4, 6), day.slice(0, 4)].join("/")
      : [two(now.getDate()), two(now.getMonth() + 1), now.getFullYear()].join("/");
  }
  function keep(event) {
    const { title_id: title, on, present, teaching } = form.elements, id = teaching.value, by = event.submitter || {};
    const others = read().filter((item) => item.state !== "here" && item.id !== id);
    if (by.name === "parts") return;
    event.preventDefault();
    if (others.length >= MOST) return form.append(words.full);
    const fields = [...new FormData(form)].filter(([name]) => name !== "csrf_token" && name !== "end");
    if (by.name) fields.push([by.name, by.value]);
    const says = [title.value && title.selectedOptions[0].text, on.value, present.value].join(" · ");
    write([...others, { id, who: words.who, fields, says, state: "kept" }]);
    if (busy || navigator.onLine === false) return anew();
    busy = true;
    send(read().find((item) => item.id === id)).then((where) => {
      busy = false;
      if (where) location.assign(where);
      else if (read().some((item) => item.id === id && item.asks)) list.querySelector("button").click();
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
    if (navigator.serviceWorker && !form.dataset.shell)
      navigator.serviceWorker.register(PAGE.replace(/catat$/, "sw.js"), { scope: PAGE }).then(() => fetch(SHELL))
        .then((answer) => answer.redirected || caches.open(KEY).then((kept) => kept.put(SHELL, answer))).catch(() => {});
  }
  addEventListener("online", flush);
  setInterval(flush, 30000);
  flush();
})();
