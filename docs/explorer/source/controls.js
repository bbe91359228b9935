// The controls: what a choice changes, and how they show the state.

function element(id) {
  return document.getElementById(id);
}

function fillSelect(select, options) {
  const made = options.map(([value, label]) => new Option(label, value));
  select.replaceChildren(...made);
}

function upTo(most) {
  return Array.from({ length: most }, (_, i) => [i + 1, i + 1]);
}

function onPick(id, use) {
  element(id).addEventListener("change", (event) => use(event.target.value));
}

function bindControls() {
  fillSelect(
    element("size-of-kernel"),
    upTo(MOST.kernel).map(([n]) => [n, `${n} × ${n}`]),
  );
  fillSelect(element("stride"), upTo(MOST.stride));
  fillSelect(element("dilation"), upTo(MOST.dilation));
  fillSelect(element("filters"), upTo(MOST.filters));
  for (const button of document.querySelectorAll("[data-view]:is(button)")) {
    button.addEventListener("click", () => change({ view: button.dataset.view, filter: 0 }));
  }
  for (const button of document.querySelectorAll("[data-operation]")) {
    button.addEventListener("click", () => change({ operation: button.dataset.operation }));
  }
  for (const [name, { label }] of Object.entries(PRESETS)) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: label });
    button.dataset.preset = name;
    button.addEventListener("click", () => choosePreset(name));
    element("presets").append(button);
  }
  element("relu").addEventListener("change", (event) => change({ relu: event.target.checked }));
  onPick("size-of-kernel", (value) => setGeometry("size", Number(value)));
  onPick("padding", (value) => setGeometry("padding", value));
  onPick("stride", (value) => setGeometry("stride", Number(value)));
  onPick("dilation", (value) => setGeometry("dilation", Number(value)));
  onPick("size-of-image", (value) => change({ size: Number(value) }));
  onPick("channels", (value) =>
    change({ channels: Number(value), channel: value === "3" ? -1 : 0 }),
  );
  onPick("filters", (value) => setFilterCount(Number(value)));
  onPick("channel", (value) => change({ channel: Number(value) }));
  onPick("filter", (value) => change({ filter: Number(value) }));
  onPick("picture", choosePicture);
  element("take-over").addEventListener("click", takeMapOver);
  element("draw").addEventListener("click", () => {
    pen.on = !pen.on;
    change({});
    if (pen.on) element("image").focus();
  });
  element("open").addEventListener("click", () => element("file").click());
  element("file").addEventListener("change", (event) => openFile(event.target.files[0]));
  bindNumber(element("bias"), (value) => {
    state.filters[state.filter].bias = value;
    change({});
  });
  element("tables").addEventListener("toggle", showTables);
}

async function choosePicture(name) {
  if (name === "photograph") photograph = await loadPhotograph(PHOTOGRAPH);
  const same =
    SCALED.includes(name) === SCALED.includes(state.picture) && SIZES.includes(state.size);
  const size = same ? state.size : fittingSize(name);
  change({ picture: name, size, channels: state.channels === 3 ? 3 : 1 });
}

/** A photograph is recognised at 64 x 64; of a drawing the numbers are read at 16 x 16. */
function fittingSize(picture) {
  return SCALED.includes(picture) ? 64 : 16;
}

async function openFile(file) {
  if (!file) return;
  const address = URL.createObjectURL(file);
  try {
    photograph = await loadPhotograph(address);
    change({ picture: "file", size: fittingSize("file"), channels: state.channels === 3 ? 3 : 1 });
  } catch {
    say(`${file.name} is no image that this browser can read.`);
    element("draw-hint").textContent = `${file.name} is no image that this browser can read.`;
    element("draw-hint").hidden = false;
  } finally {
    URL.revokeObjectURL(address);
  }
}

function showControls() {
  const { size, stride, dilation, padding } = currentLayer();
  const pooling = isPooling(currentLayer());
  document.body.dataset.view = state.view;
  for (const name of ["view", "operation"]) {
    for (const button of document.querySelectorAll(`button[data-${name}]`)) {
      button.setAttribute("aria-pressed", String(button.dataset[name] === state[name]));
    }
  }
  element("relu").checked = state.relu;
  element("size-of-kernel").value = size;
  element("stride").value = stride;
  element("dilation").value = dilation;
  element("dilation").disabled = state.operation === "average"; // PyTorch's has none
  element("padding").value = padding;
  element("padding").querySelector("[value=full]").disabled = pooling; // PyTorch: at most half a window
  element("filters").value = state.filters.length;
  element("filters").disabled = pooling;
  showImageControls();
  showKernel(pooling);
}

function showImageControls() {
  const given = state.picture in DRAWN || SCALED.includes(state.picture);
  const sizes = SIZES.includes(state.size) ? SIZES : [...SIZES, state.size];
  fillSelect(
    element("size-of-image"),
    sizes.map((n) => [n, `${n} × ${n}`]),
  );
  element("size-of-image").value = state.size;
  element("size-of-image").disabled = !given;
  element("channels").value = state.channels;
  element("channels").disabled = !given;
  const pictures = Object.entries(DRAWN).map(([name, { label }]) => [name, label]);
  pictures.push(["photograph", "Photograph"]);
  const made = { file: "Your file", map: "The last map", own: "Your drawing" };
  if (state.picture in made) pictures.push([state.picture, made[state.picture]]);
  fillSelect(element("picture"), pictures);
  element("picture").value = state.picture;
  const channels = state.image.channels.map((_, c) => [c, channelName(c) || "grey"]);
  if (channels.length === 3 && state.picture !== "map") channels.unshift([-1, "colour"]);
  fillSelect(element("channel"), channels);
  element("channel").value = state.channel;
  element("channel-label").hidden = channels.length === 1;
  element("draw").setAttribute("aria-pressed", String(pen.on));
  element("draw-hint").hidden = !pen.on;
  element("image").classList.toggle("drawing", pen.on);
  element("figures").classList.toggle("drawing", pen.on); // on a phone: the image as wide as it goes
}
