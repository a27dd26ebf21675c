/*
"Salin kode": copies the code with one tap; the desk's "Salin" whatever text stands before it. Inline behind a CSP hash on the page that shows it. ES5; every line ends where a
joined line may follow.

Where no script runs there is no button. Where the browser does not let us copy, the code stays there selected in a field of
its own, to be copied by hand.
*/
(function (d) {
  var all = d.querySelectorAll("[data-copy]"), i = d.execCommand ? all.length : 0;

  function put(what, at) {
    at.parentNode.insertBefore(what, at);
  }

  function offer(code) {
    var button = d.createElement("button"), box = d.createElement("textarea");
    button.type = "button";
    button.className = "second";
    button.setAttribute("aria-live", "polite");
    button.textContent = code.getAttribute("data-copy");
    put(button, code.nextSibling);

    button.onclick = function () {
      var done = false;
      box.value = code.textContent;
      box.readOnly = true;
      put(box, button);
      box.select();
      box.setSelectionRange(0, 9999);
      try { done = d.execCommand("copy"); } catch (e) {}
      if (done) {
        box.parentNode.removeChild(box);
        button.textContent = code.getAttribute("data-copied");
        button.focus();
      }
    };
  }

  while (i) offer(all[i -= 1]);
})(document);
