/*
Photos: made small on the phone (longest side 1,280 points), so that they pass a slow line, and without the place where they
were taken. Inline behind a CSP hash on the page that takes files. ES5; every line ends where a joined line may follow.

Where anything is missing, or a picture does not open, the original goes. A browser that does not turn pictures by their own
mark would lay them on their side: it is left alone. What is too large is said before a slow line has carried it in vain;
while a photo is made small, that it is.
*/
(function (d, w) {
  var input = d.getElementById("file"), box = d.getElementById("chosen"), says = d.getElementById("file-e"), turn = 0, busy, sent;
  if (!input.files) return;

  function isTooLarge() {
    var n, wrong = false;
    for (n = 0; n < input.files.length; n++) wrong = wrong || input.files[n].size > box.getAttribute("data-most");
    says.textContent = wrong ? box.getAttribute("data-says") : "";
    box.className = wrong ? "field wrong" : "field";
    return wrong;
  }

  function shrink(file, done) {
    var reader = new FileReader(), image = new Image(), canvas = d.createElement("canvas"), pen;
    says.textContent = box.getAttribute("data-wait");
    reader.onload = function () { image.src = reader.result; };
    reader.onerror = image.onerror = function () { done(file); };
    image.onload = function () {
      var part = Math.min(1, 1280 / Math.max(image.width, image.height));
      canvas.width = image.width * part;
      canvas.height = image.height * part;
      pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(function (small) {
        done(small && small.size < file.size ? new File([small], file.name, {type: small.type}) : file);
      }, "image/jpeg", 0.8);
    };
    reader.readAsDataURL(file);
  }

  /* Nothing waits for ever: after twenty seconds the originals go. */
  function over(mine) {
    if (mine != turn || !busy) return;
    busy = 0;
    if (!isTooLarge() && sent) input.form.submit();
  }

  input.onchange = function () {
    var mine = ++turn, files = input.files, out, n = 0;
    function next(file) {
      if (mine != turn || !busy) return;
      if (file) out.items.add(file);
      file = files[n++];
      if (!file) {
        input.files = out.files;
        isTooLarge();
        over(mine);
      } else if (/^image.(jpeg|png|webp)/.test(file.type) && file.size > 3e5) {
        shrink(file, next);
      } else {
        next(file);
      }
    }
    busy = sent = 0;
    try {
      out = new DataTransfer();
      if (!CSS.supports("image-orientation", "from-image")) throw 0;
      busy = 1;
      setTimeout(function () { over(mine); }, 2e4);
      next();
    } catch (e) {
      busy = 0;
      isTooLarge();
    }
  };

  input.form.onsubmit = function () {
    sent = 1;
    return !busy && !isTooLarge();
  };
})(document, window);
