// Stepping and playing, by buttons and keys.

let timer = null;

const MOVES = {
  first: () => 0,
  back: () => state.step - 1,
  on: () => state.step + 1,
  last: () => Infinity,
  up: () => state.step - state.map.width,
  down: () => state.step + state.map.width,
};

const KEYS = {
  ArrowLeft: "back",
  ArrowRight: "on",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
};

function lastStep() {
  return state.map.height * state.map.width - 1;
}

function move(name) {
  if (!state.map) return;
  pause();
  goTo(MOVES[name]());
  say(stepInWords());
}

function play() {
  if (!state.map) return;
  if (state.step === lastStep()) goTo(0);
  state.filling = true;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches; // then a step a second
  timer = setTimeout(function next() {
    if (!state.map || state.step === lastStep()) return pause();
    goTo(state.step + 1);
    timer = setTimeout(next, still ? 1000 : 1000 / element("speed").value);
  }, 0);
  showPlaying();
}

function pause() {
  if (timer === null) return;
  clearTimeout(timer);
  timer = null;
  showPlaying();
  say(stepInWords());
}

function showPlaying() {
  element("play").textContent = timer === null ? "▶ Play" : "❚❚ Pause";
}

function bindTransport() {
  for (const button of document.querySelectorAll("[data-move]")) {
    button.addEventListener("click", () => move(button.dataset.move));
  }
  element("play").addEventListener("click", () => (timer === null ? play() : pause()));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest("input, select, textarea, .scroll");
    if (field) return; // there the keys have their own meaning
    if (KEYS[event.key]) move(KEYS[event.key]);
    else if (event.key === " " && !event.target.closest("button, summary, a")) {
      if (timer === null) play();
      else pause();
    } else return;
    event.preventDefault();
  });
}
