// The drawing: lays out what is open and keeps the elements on the page in step with it.

const drawing = {
  size: null, // {width, height, axis}
  arrows: [],
  places: new Map(), // of each node that is drawn: {x, y, width, height}
  page: null, // {width, height}, of any unit: the shape that columns are to give it
  most: Infinity, // the height of a column
};
const elements = new Map(); // of each node: {element, key}

/** Lay out and draw everything anew. */
function redraw() {
  const pill = pillSize();
  const layouts = layOutAll(pill, drawing.most);
  drawing.size = layouts.get(root);
  drawing.arrows = [];
  drawing.places = new Map();
  arrange(root, 0, 0, layouts);

  const focused = document.activeElement?.dataset?.node;
  const areas = [];
  const boxes = [...drawPills(layouts.get(root), pill)];
  for (const node of drawnNodes()) {
    if (node.area && node.open) areas.push(drawGround(node));
    boxes.push(elementOf(node));
  }
  byId("areas").replaceChildren(...areas);
  byId("arrows").replaceChildren(...drawing.arrows.flatMap(drawArrow));
  byId("boxes").replaceChildren(...boxes);
  if (focused !== undefined) focusNode(visible(nodes[focused]));
  else keepOneTabStop();
}

/** The layouts of all open areas, none higher than about `most` if that can be. */
function layOutAll(pill, most) {
  const layouts = new Map();
  const lay = (area) => {
    const sizeOf = (child) => {
      if (child === null) return pill;
      return child.area && child.open ? lay(child) : child.size;
    };
    layouts.set(area, layOut(area, sizeOf, most));
    return layouts.get(area);
  };
  lay(root);
  return layouts;
}

/** Choose the height of the columns with which all can be shown largest on the page. */
function chooseColumns() {
  drawing.most = Infinity;
  if (drawing.page === null) return;
  const { page } = drawing;
  const pill = pillSize();
  const zoom = ({ width, height }) => Math.min(page.width / width, page.height / height);
  const plain = layOutAll(pill, Infinity).get(root);
  const ideal = Math.sqrt((plain.width * plain.height * page.height) / page.width);
  let best = zoom(plain);
  for (const factor of [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.15, 1.3, 1.5, 1.8]) {
    const reached = zoom(layOutAll(pill, factor * ideal).get(root));
    if (reached > 1.05 * best) {
      best = reached;
      drawing.most = factor * ideal;
    }
  }
}

function arrange(area, left, top, layouts) {
  const made = layouts.get(area);
  for (const [child, x, y] of made.at) {
    const { width, height } = layouts.get(child) ?? child.size;
    drawing.places.set(child, { x: left + x, y: top + y, width, height });
    if (child.area && child.open) arrange(child, left + x, top + y, layouts);
  }
  for (const arrow of made.arrows) {
    const points = arrow.points.map(([x, y]) => [x + left, y + top]);
    drawing.arrows.push({ ...arrow, area, points, elements: [] });
  }
}

function drawPills(made, size) {
  const outputs = network.outputs.map((index) => layers[index].box);
  const distinct = [...new Set(outputs)];
  return made.pills.map((at, index) => {
    if (index < root.ins) return drawPill("input", network.input, at, size);
    const number = index - root.ins;
    const name = root.outs > 1 ? `output ${number + 1}` : "output";
    const layer = distinct[number].layers[distinct[number].layers.length - 1];
    return drawPill(name, layer.op.output, at, size);
  });
}

function drawGround(node) {
  const { x, y, width, height } = drawing.places.get(node);
  return shape("rect", { class: "ground", x, y, width, height, rx: 6, "data-node": node.id });
}

/** The element of a box or header: made when it is first needed or its size has changed. */
function elementOf(node) {
  const { x, y, width } = drawing.places.get(node);
  const open = node.area && node.open;
  const key = `${open} ${width}`;
  let known = elements.get(node);
  if (known?.key !== key) {
    known = { key, element: open ? drawHeader(node, width) : drawBox(node) };
    elements.set(node, known);
  }
  known.element.setAttribute("transform", `translate(${x} ${y})`);
  return known.element;
}

function drawArrow(arrow) {
  const { points, flags, head } = arrow;
  const kind = flags & SIZE_ONLY ? "arrow size-only" : flags & SKIP ? "arrow skip" : "arrow";
  const [x, y] = points[points.length - 1];
  arrow.elements = [shape("path", { class: kind, d: roundedPath(points, head ? 5 : 0) })];
  if (head) {
    arrow.elements.push(shape("path", { class: `${kind} head`, d: `M${x} ${y}l-4-7.5h8z` }));
  }
  return arrow.elements;
}

/** A line of horizontal and vertical parts with rounded corners, `cut` short at its end. */
function roundedPath(points, cut) {
  const round = (value) => Math.round(value * 10) / 10;
  const parts = [`M${round(points[0][0])} ${round(points[0][1])}`];
  for (let at = 1; at < points.length - 1; at += 1) {
    const [[ax, ay], [bx, by], [cx, cy]] = points.slice(at - 1, at + 2);
    const before = Math.hypot(bx - ax, by - ay);
    const after = Math.hypot(cx - bx, cy - by);
    const radius = Math.min(7, before / 2, after / 2);
    if (radius < 0.5) {
      parts.push(`L${round(bx)} ${round(by)}`);
      continue;
    }
    const from = [bx - ((bx - ax) / before) * radius, by - ((by - ay) / before) * radius];
    const to = [bx + ((cx - bx) / after) * radius, by + ((cy - by) / after) * radius];
    parts.push(
      `L${from.map(round).join(" ")}Q${round(bx)} ${round(by)} ${to.map(round).join(" ")}`,
    );
  }
  const [x, y] = points[points.length - 1];
  parts.push(`L${round(x)} ${round(y - cut)}`);
  return parts.join("");
}

/** Open or close an area; it stays where it is on the screen. */
function toggleArea(area, open = !area.open) {
  if (area.open === open) return;
  if (open && !mayOpen(area)) return;
  const before = drawing.places.get(area);
  area.open = open;
  redraw();
  const after = drawing.places.get(area);
  if (before && after) {
    const axis = (place) => place.x + place.width / 2;
    camera.x += (axis(before) - axis(after)) * camera.zoom;
    camera.y += (before.y - after.y) * camera.zoom;
    look();
  }
  paintState();
}

function mayOpen(area) {
  const boxes = countBoxes(root, (inner) => inner.open || inner === area);
  if (boxes <= data.mostBoxes) return true;
  say(
    `${area.name} is not opened: ${count(boxes)} boxes would be drawn, and a drawing holds ` +
      `${count(data.mostBoxes)} at most. Its layers are in the table.`,
  );
  return false;
}

/** Open or close every area. */
function toggleAll(open) {
  if (open && countBoxes(root, () => true) > data.mostBoxes) {
    say(
      `Not all is unfolded: ${count(countBoxes(root, () => true))} boxes would be drawn, and a ` +
        `drawing holds ${count(data.mostBoxes)} at most. Unfold groups one by one.`,
    );
    return;
  }
  for (const node of nodes) if (node.area && node !== root) node.open = open;
  chooseColumns();
  redraw();
  startView(drawing.size);
  paintState();
}

/** Open what a node is in, and show it. */
function reveal(node) {
  const closed = [];
  for (let area = node.parent; area !== null; area = area.parent)
    if (!area.open) closed.unshift(area);
  if (closed.length) {
    for (const area of closed) {
      if (!mayOpen(area)) break;
      area.open = true;
    }
    redraw();
  }
  bringIntoView(drawing.places.get(visible(node)));
}

// Where the keyboard is: one node of the drawing can be reached by Tab, the others by arrows.

let tabStop = null;

function keepOneTabStop() {
  const stop = tabStop && visible(tabStop);
  tabStop = stop && drawing.places.has(stop) ? stop : (drawnNodes().next().value ?? null);
  for (const element of svg.querySelectorAll('[tabindex="0"]'))
    element.setAttribute("tabindex", -1);
  elements.get(tabStop)?.element.setAttribute("tabindex", 0);
}

function focusNode(node) {
  tabStop = node;
  keepOneTabStop();
  elements.get(node).element.focus({ preventScroll: true });
}

// What is marked: the selected, and what the pointer rests on.

function markNodes(name, marked) {
  for (const element of svg.querySelectorAll(`.${name}`)) element.classList.remove(name);
  for (const node of marked) {
    elements.get(node)?.element.classList.add(name);
    svg.querySelector(`.ground[data-node="${node.id}"]`)?.classList.add(name);
  }
}

/** Mark the arrows of what a node reads and gives, from their sources to their readers. */
function markArrows(node) {
  const marked = new Set();
  const follow = (arrow, onward) => {
    if (marked.has(arrow)) return;
    marked.add(arrow);
    for (const other of drawing.arrows) {
      if (onward ? leadsTo(arrow, other) : leadsTo(other, arrow)) follow(other, onward);
    }
  };
  for (const arrow of node === null ? [] : drawing.arrows) {
    if (arrow.source === node) follow(arrow, true);
    if (arrow.target === node) follow(arrow, false);
  }
  for (const element of svg.querySelectorAll(".lit")) element.classList.remove("lit");
  for (const arrow of marked) for (const element of arrow.elements) element.classList.add("lit");
}

/** Whether an arrow goes on as another on the other side of an open area's border. */
function leadsTo(arrow, other) {
  if (arrow.entry !== other.exit) return false;
  const into = other.source === null && other.area === arrow.target;
  const out = arrow.target === null && arrow.area === other.source;
  return into || out;
}
