/*
Keluar cepat: leaves at once, without waiting for the server. It stands inline in every citizen page behind a CSP hash.
ES5 for old phones; every line ends where a joined line may follow, so comments, indentation and line breaks can be taken out.

The link `.exit a` leads through /keluar where no script runs. Its data-to is where this goes directly, its data-title the
neutral title. The body is emptied, not covered: nothing is left that Back or a repair could bring out again. The hidden root
keeps out what a slow line still adds. The cookie makes browsers drop the kept pages of this site, and tells the server, with
the minute by this phone's clock.
*/
(function (d, w) {
  var to, used, shifts = [];

  function link() {
    return d.querySelector(".exit a");
  }

  function leave() {
    var a = link();
    to = to || a && a.getAttribute("data-to") || "/keluar";
    if (w.stop) w.stop();
    d.documentElement.style.display = "none";
    if (d.body) d.body.innerHTML = "";
    d.title = a && a.getAttribute("data-title") || d.title;
    try { d.cookie = "__Host-x=" + (new Date() / 6e4 | 0) + "; Path=/; Secure; SameSite=Strict"; } catch (e) {}
    w.location.replace(to);
  }

  /* Escape stops a page that is under way, so after leaving every key is swallowed, and Escape only starts it again. */
  /* A Shift that made a capital letter is no call to leave: three alone, in five seconds. */
  function key(e) {
    var up = e.type == "keyup", shift = e.keyCode == 16;
    if (to) {
      e.preventDefault();
      e.stopPropagation();
      if (up && e.keyCode == 27) w.location.replace(to);
    } else if (!shift) {
      used = used || e.shiftKey;
    } else if (!up) {
      used = 0;
    } else if (!used && shifts.push(+new Date()) > 2 && shifts[shifts.length - 1] - shifts[shifts.length - 3] <= 5e3) {
      leave();
    }
  }

  d.addEventListener("keydown", key, true);
  d.addEventListener("keyup", key, true);
  d.addEventListener("click", function (e) {
    var a = e.target, own = link();
    while (a && a.nodeName != "A") a = a.parentNode;
    if (a && own && a.href == own.href) {
      e.preventDefault();
      leave();
    }
  }, true);

  /* A page that comes back from the browser's memory after an exit, here or on another page of ours, is left again. */
  w.addEventListener("pageshow", function (e) {
    if (e.persisted && (to || d.cookie.indexOf("__Host-x=") >= 0)) leave();
  });
})(document, window);
