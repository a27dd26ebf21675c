/*
Locks the desk when nobody has moved for as long as the server waits, a little before it does: what is being typed goes
along and is kept, sealed. Any other button that leads away from a half-written text takes it along as well.

#lock carries the minutes in data-minutes. A page that asks for itself again (segar) counts as nobody there, unless
somebody moved since it last asked. Tabs of one browser tell one another that somebody is there; nothing is stored.
*/
(() => {
  const lock = document.getElementById("lock");
  if (!lock) return;
  const early = 90e3;
  const left = ["csrf_token", "once", "end", "back", "passphrase", "typed_beside"];
  const patience = Math.max(lock.dataset.minutes * 60e3 - early, 30e3);
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("there") : null;
  let last = Date.now();
  let told = last;
  let leaving = false;

  function move() {
    if (Date.now() - last > 5e3 && tabs) tabs.postMessage(0);
    last = Date.now();
  }

  function over() {
    return Date.now() - last > patience;
  }

  function leave() {
    if (!leaving) lock.requestSubmit();
    leaving = true;
  }

  /* The form that a person types into: the one with text in it that was not there when the page came. */
  function typed() {
    return [...document.querySelectorAll("textarea, input:not([type=hidden], [type=password])")]
      .filter((field) => field.value !== field.defaultValue && field.value.trim())
      .map((field) => field.form)[0];
  }

  function carry(event) {
    const from = typed();
    if (event.target.method !== "post" || !from || from === event.target) return;
    for (const old of event.target.querySelectorAll("[data-carried]")) old.remove();
    const end = event.target.querySelector("[name=end]");
    const put = (name, value) => {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      field.dataset.carried = "";
      end.before(field);
    };
    put("typed_at", location.pathname);
    for (const [name, value] of new FormData(from)) {
      if (typeof value === "string" && !left.includes(name)) put(`typed.${name}`, value);
    }
  }

  for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchstart"]) {
    addEventListener(kind, move, { capture: true, passive: true });
  }
  if (tabs) tabs.onmessage = () => (last = Date.now());
  document.addEventListener("submit", carry, true);
  document.addEventListener("htmx:config:request", (event) => {
    const request = event.detail.ctx.request;
    if (!request.action.includes("segar=1")) return;
    if (over()) {
      event.preventDefault();
      leave();
    } else if (last > told) {
      request.action = request.action.replace(/[?&]segar=1/, "");
    }
    told = Date.now();
  });
  setInterval(() => over() && leave(), 5e3);
})();
