/*
Keeps what is being typed while it is typed: a dead battery or a lost line costs the last words, not the text. It goes to
the server soon after the fingers rest, sealed there to whoever types, and is offered on the same page again.

Only forms with room for a text are kept. One that is typed while an older one is offered says so and is kept beside it.
*/
(() => {
  const lock = document.getElementById("lock");
  if (!lock) return;
  const left = ["csrf_token", "once", "end", "back", "passphrase", "typed_beside"];
  const rest = 2e3;
  const most = 6e4; // bytes that a browser still sends while the page goes away
  let form = null;
  let told = "";
  let timer = 0;
  let sending = null;

  /* What is typed into the form, as the server keeps it; nothing where the page has it already. */
  function typed() {
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !left.includes(name));
    const has = [...form.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);
    return has ? new URLSearchParams(fields.map(([name, value]) => [`typed.${name}`, value])).toString() : "";
  }

  function keep(goes) {
    clearTimeout(timer);
    timer = 0;
    if (!form?.isConnected) return;
    const text = typed();
    if (!text || text === told || (goes && text.length > most)) return;
    const end = new URLSearchParams({ typed_at: location.pathname, csrf_token: form.elements.csrf_token.value });
    if (form.elements.typed_beside) end.set("typed_beside", "1");
    end.set("end", "1");
    sending = new AbortController();
    const sent = { method: "POST", body: new URLSearchParams(`${text}&${end}`), keepalive: goes, signal: sending.signal };
    fetch(lock.dataset.typing, sent).then((answer) => answer.ok && (told = text), () => {});
  }

  document.addEventListener("input", (event) => {
    const of = event.target.form;
    if (!of?.querySelector("textarea") || of.method !== "post" || !of.elements.csrf_token) return;
    form = of;
    timer ||= setTimeout(keep, rest + event.target.value.length / 20, false);
  });
  document.addEventListener("visibilitychange", () => document.hidden && timer && keep(true));
  document.addEventListener(
    "submit",
    () => {
      clearTimeout(timer);
      timer = 0;
      sending?.abort();
    },
    true,
  );
})();
