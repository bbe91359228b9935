// One request of a warp: which line makes it, what it reads or writes, and what that costs.

function showRequest({ recording, timeline, at, request }) {
  const slider = element("gpu-request");
  slider.max = timeline.length - 1;
  slider.value = at;
  slider.setAttribute(
    "aria-valuetext",
    `${at + 1} of ${timeline.length}: ${request.kind} ${request.array}`,
  );
  element("gpu-number").textContent = `Request ${at + 1} of ${timeline.length}`;
  showArrays(recording, timeline, request);
  element("gpu-source").textContent = request.source;
  element("gpu-caption").textContent = requestInWords(request);
  const hidden = paintMemory(element("gpu-memory"), request);
  element("gpu-memory").setAttribute("aria-label", requestInWords(request));
  element("gpu-more").textContent = hidden ? `${hidden} more rows are not drawn.` : "";
  if (element("gpu-lanes").open) fillLanes(request);
}

/** A button for each array that the warp loads or stores: goes to the next request of it. */
function showArrays(recording, timeline, current) {
  const nameOf = ({ kind, array }) => `${kind} ${array}`;
  const names = timeline.map((number) => nameOf(requestOf(recording, number)));
  const buttons = [...new Set(names)].map((name) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: `${name} ` });
    const small = document.createElement("small");
    const { space } = requestOf(recording, timeline[names.indexOf(name)]);
    small.textContent = `${space}, ${names.filter((each) => each === name).length}×`;
    button.append(small);
    button.setAttribute("aria-pressed", String(name === nameOf(current)));
    button.addEventListener("click", () => {
      const next = names.indexOf(name, gpu.at + 1);
      gpu.at = next >= 0 ? next : names.indexOf(name);
      showGpu();
      element("gpu-arrays").querySelector("[aria-pressed=true]").focus();
      say(element("gpu-caption").textContent);
    });
    return button;
  });
  element("gpu-arrays").replaceChildren(...buttons);
}

function requestInWords({ space, kind, lanes, cost, least, bytes }) {
  const who = lanes.length === 1 ? "1 lane" : `${lanes.length} lanes`;
  const wide = bytes === 16 ? ", 16 bytes each" : "";
  const verb = kind === "load" ? "read" : "write";
  if (space === "global") {
    const moved = cost * SECTOR;
    const used = Math.round((100 * least) / moved);
    return `${who} ${verb} ${least} different bytes${wide}: ${cost} sector${cost > 1 ? "s" : ""} of 32 bytes move${cost > 1 ? "" : "s"}, ${used} % of what moves is used.`;
  }
  const conflicts = cost > least ? `; without bank conflicts ${least}` : ": no bank conflict";
  return `${who} ${verb} shared memory${wide}, in ${cost} pass${cost > 1 ? "es" : ""}${conflicts}.`;
}

function fillLanes({ space, lanes }) {
  const rows = lanes.map(({ lane, address }) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = lane;
    row.append(head);
    const unit = space === "shared" ? (address / 4) % WORDS : Math.floor(address / SECTOR);
    for (const text of [address, unit]) row.insertCell().textContent = text;
    return row;
  });
  element("gpu-unit").textContent = space === "shared" ? "Bank" : "Sector";
  element("gpu-lane-table").tBodies[0].replaceChildren(...rows);
}
