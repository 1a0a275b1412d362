// What happens on a click, a key, a change: selection, and the links between the parts.

let selected = null; // {layer}, {group} or null: the whole network

function say(text) {
  byId("status").textContent = text;
}

/** Select a layer or a group, or nothing; `from` is the part of the page where it was done. */
function select(wanted, from = "") {
  selected = wanted;
  say("");
  const node = selectedNode();
  if (node && from !== "drawing") reveal(node);
  document.querySelector("main").classList.toggle("chosen", selected !== null);
  showDetails(selected);
  selectRow(selected?.layer ?? null, { scroll: from !== "table" });
  paintState();
}

function selectedNode() {
  return selected === null ? null : (selected.group ?? selected.layer.box);
}

/** Put the marks of what is selected and found onto the elements that are there now. */
function paintState() {
  const node = selectedNode();
  const shown = node && visible(node);
  markNodes("selected", shown ? [shown] : []);
  markArrows(shown);
  if (shown) {
    tabStop = shown;
    keepOneTabStop();
  }
  for (const element of svg.querySelectorAll("[aria-selected]"))
    element.removeAttribute("aria-selected");
  elements.get(shown)?.element.setAttribute("aria-selected", "true");
  if (search.hits.length) tellHits();
}

function selectionOf(node, target = null) {
  if (node.area) return { group: node };
  const line = target?.closest("[data-layer]");
  return { layer: line ? layers[line.dataset.layer] : node.layers[0] };
}

function nodeAt(target) {
  const found = target.closest?.(".node");
  return found ? nodes[found.dataset.node] : null;
}

// The drawing

followPointers((event) => {
  const node = nodeAt(event.target);
  if (node !== null) activate(node, event.target);
});

svg.addEventListener("pointerover", (event) => hover(nodeAt(event.target)));
svg.addEventListener("pointerleave", () => hover(null));

function hover(node) {
  markNodes("hover", node ? [node] : []);
  markRows("hover", node && !(node.area && node.open) ? node.layers : []);
}

svg.addEventListener("keydown", (event) => {
  const node = nodeAt(event.target);
  if (node === null || event.ctrlKey || event.metaKey || event.altKey) return;
  const go = (other) => {
    if (other === null || other === undefined) return;
    focusNode(other);
    bringIntoView(drawing.places.get(other));
    if (selected !== null) select(selectionOf(other), "drawing");
  };
  const order = [...drawnNodes()];
  const keys = {
    ArrowDown: () => go(order[order.indexOf(node) + 1]),
    ArrowUp: () => go(order[order.indexOf(node) - 1]),
    ArrowRight: () =>
      node.area && !node.open ? toggleArea(node, true) : node.area && go(node.children[0]),
    ArrowLeft: () =>
      node.area && node.open
        ? toggleArea(node, false)
        : go(node.parent === root ? null : node.parent),
    Home: () => go(order[0]),
    End: () => go(order[order.length - 1]),
    Enter: () => activate(node),
    " ": () => activate(node),
  };
  if (!(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
});

/** What Enter and a click do: open or close an area, and show what is known of the node. */
function activate(node, target = null) {
  if (node.area) toggleArea(node);
  select(selectionOf(node, target), "drawing");
  focusNode(node);
}

byId("fold-all").addEventListener("click", () => toggleAll(false));
byId("unfold-all").addEventListener("click", () => toggleAll(true));
byId("columns").addEventListener("click", () => {
  drawing.page = drawing.page ? null : paneSize();
  byId("columns").setAttribute("aria-pressed", String(drawing.page !== null));
  chooseColumns();
  redraw();
  if (drawing.page) fit(drawing.size);
  else startView(drawing.size);
  paintState();
});
byId("zoom-in").addEventListener("click", () => zoomInMiddle(1.25));
byId("zoom-out").addEventListener("click", () => zoomInMiddle(0.8));
byId("fit").addEventListener("click", () => fit(drawing.size));

// The table

tableBody.addEventListener("click", (event) => {
  const row = event.target.closest("tr");
  if (row) select({ layer: layers[row.dataset.layer] }, "table");
});
tableBody.addEventListener("pointerover", (event) => {
  const row = event.target.closest("tr");
  markNodes("hover", row ? [visible(layers[row.dataset.layer].box)] : []);
});
tableBody.addEventListener("pointerleave", () => markNodes("hover", []));
tableBody.addEventListener("keydown", (event) => {
  const row = event.target.closest("tr");
  const next = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling }[
    event.key
  ];
  if (event.key === "Enter" || event.key === " ")
    select({ layer: layers[row.dataset.layer] }, "table");
  else if (next) {
    select({ layer: layers[next.dataset.layer] }, "table");
    next.focus({ preventScroll: true });
    scrollToRow(next);
  } else return;
  event.preventDefault();
});
table.addEventListener("click", (event) => {
  const heading = event.target.closest("th");
  if (heading) sortBy(heading.dataset.column);
});

// The details

byId("details").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.classList.contains("close")) {
    select(null);
    if (tabStop) focusNode(tabStop);
  } else {
    select({ layer: layers[button.dataset.layer] });
    byId("details").focus({ preventScroll: true });
  }
});

// Search

searchField.addEventListener("input", findHits);
searchField.addEventListener("keydown", (event) => {
  const steps = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) {
    event.preventDefault();
    goToHit(steps[event.key]);
  } else if (event.key === "Escape") {
    searchField.value = "";
    findHits();
    searchField.blur();
    event.stopPropagation();
  }
});

// Keys of the whole page

document.addEventListener("keydown", (event) => {
  if (event.target === searchField || event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = {
    "/": () => searchField.focus(),
    "+": () => zoomInMiddle(1.25),
    "=": () => zoomInMiddle(1.25),
    "-": () => zoomInMiddle(0.8),
    "−": () => zoomInMiddle(0.8),
    0: () => fit(drawing.size),
    Escape: () => select(null, "drawing"),
  };
  if (!(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
});

// The beginning

function drawLegend() {
  if (!data.legend) return;
  const kinds = new Set(layers.map((layer) => layer.op.kind));
  const known = Object.entries(data.kinds).filter(([kind]) => kinds.has(kind));
  byId("legend").append(
    ...known.map(([kind, title]) =>
      element("li", {}, element("span", { class: `swatch ${kind}` }), title),
    ),
  );
  const lines = [
    ["skip", "Skip connection", SKIP],
    ["size-only", "Size only", SIZE_ONLY],
  ];
  for (const [kind, title, flag] of lines) {
    if (!nodes.some((node) => node.edges.some((edge) => edge[4] & flag))) continue;
    byId("legend").append(
      element(
        "li",
        {},
        shape(
          "svg",
          { width: 20, height: 8, "aria-hidden": "true" },
          shape("path", { class: `arrow ${kind}`, d: "M0 4h20" }),
        ),
        title,
      ),
    );
  }
}

function start() {
  const { name, input, macs, params, outputs } = network;
  byId("name").textContent = oneLine(name);
  byId("summary").textContent = [
    `${input} → ${outputs.map((index) => layers[index].op.output).join(", ")}`,
    plural(layers.length, "layer", "layers"),
    plural(params, "parameter", "parameters"),
    `${count(macs)} MACs`,
  ].join("  ·  ");
  const groups = nodes.some((node) => node.area && node !== root);
  for (const id of ["fold-all", "unfold-all"]) byId(id).hidden = !groups;
  measureBoxes();
  drawTable();
  drawLegend();
  redraw();
  startView(drawing.size);
  select(null, "drawing");
  tellTheme();
}

start();
