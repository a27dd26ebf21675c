/*
Makes an alarm heard: while #alarms holds one, a tone every ten seconds and a title that changes. Whether it sounds is each
person's own choice (data-sound). Browsers let a page sound only once somebody has touched it; until then it says so.
*/
(() => {
  const box = document.getElementById("alarms");
  if (!box || !("AudioContext" in window)) return;
  const title = document.title;
  const every = 10e3;
  let context = null;
  let rang = -every;

  function touch() {
    context = context || new AudioContext();
    if (context.state === "suspended") context.resume();
    const hint = document.getElementById("silent");
    if (hint) hint.style.visibility = "hidden"; // its place stays: nothing moves away from under a finger
  }

  function hint() {
    const there = document.getElementById("silent");
    if (there) {
      there.style.visibility = "";
      return;
    }
    const said = document.createElement("p");
    said.id = "silent";
    said.className = "meta";
    said.textContent = box.dataset.silent;
    box.after(said);
  }

  function tone() {
    for (const [start, pitch] of [[0, 880], [0.35, 660], [0.7, 880]]) {
      const wave = context.createOscillator();
      const loud = context.createGain();
      loud.gain.value = 0.2;
      wave.frequency.value = pitch;
      wave.connect(loud).connect(context.destination);
      wave.start(context.currentTime + start);
      wave.stop(context.currentTime + start + 0.25);
    }
  }

  function look() {
    const rings = box.querySelector(".notice.late") !== null;
    document.title = rings && document.title === title ? box.dataset.title : title;
    if (!rings || box.dataset.sound !== "on") return;
    if (!context || context.state !== "running") {
      hint();
    } else if (performance.now() - rang >= every) {
      rang = performance.now();
      tone();
    }
  }

  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touch, { capture: true, passive: true });
  setInterval(look, 1000);
  look();
})();
