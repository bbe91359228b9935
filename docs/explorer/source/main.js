// The start: what is shown when, and the first step, where the house's wall begins.

listeners.change.push(showControls, showSizesOnFigures, showFormulas, showTables);
listeners.step.push(showWindow, showSum, showGpu);

bindControls();
bindTransport();
bindPointers();
bindGpu();
const repaint = () => listeners.step.forEach((show) => show());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
const phone = matchMedia("(max-width: 34rem)"); // there the settings are folded away at first
element("fold").open = !phone.matches;
phone.addEventListener("change", () => (element("fold").open = !phone.matches));
addEventListener("resize", repaint);
change({ filters: [newFilter("vertical")], step: 8 * 16 + 3 });
