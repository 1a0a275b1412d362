// The columns of a drawing: which boxes stand under each other, and which side by side.
//
// What all data pass stands on one axis. Between two such boxes the ways of the data stand
// side by side about it, each laid out by the same rule.

const COLUMN_GAP = 32;

/**
 * Set `x` of each vertex, from the axis of the whole.
 *
 * A vertex has `left` and `right`, its extents from its own axis, `port`, whether it is a
 * mere port, and `next` and `before`, its neighbours. Each stands after those before it.
 */
function placeColumns(vertices) {
  for (const [vertex, x] of placed(vertices).spots) vertex.x = x;
}

/** The spots of some vertices with their extents from their common axis. */
function placed(members) {
  const parts = components(members);
  return parts.length > 1 ? sideBySide(parts) : inSeries(members);
}

function sideBySide(parts) {
  const isLane = (part) => part.every((vertex) => vertex.port);
  const ways = parts.filter((part) => !isLane(part));
  const lanes = parts.filter(isLane);
  const blocks = [...ways, ...lanes].map(placed);
  let right = 0;
  const axes = blocks.map((block) => {
    const axis = right + block.left;
    right = axis + block.right + COLUMN_GAP;
    return axis;
  });
  right -= COLUMN_GAP;
  const last = (ways.length || lanes.length) - 1;
  const axis = (axes[last >> 1] + axes[(last + 1) >> 1]) / 2;
  const spots = blocks.flatMap((block, index) =>
    block.spots.map(([vertex, x]) => [vertex, x + axes[index] - axis]),
  );
  return { left: axis, right: right - axis, spots };
}

function inSeries(members) {
  const onAxis = new Set(spine(members));
  const made = { left: 0, right: 0, spots: [] };
  const add = (block) => {
    made.left = Math.max(made.left, block.left);
    made.right = Math.max(made.right, block.right);
    for (const spot of block.spots) made.spots.push(spot);
  };
  let between = [];
  const close = () => {
    if (between.length) add(placed(between));
    between = [];
  };
  if (onAxis.size) {
    for (const vertex of members) {
      if (!onAxis.has(vertex)) {
        between.push(vertex);
        continue;
      }
      close();
      add({ left: vertex.left, right: vertex.right, spots: [[vertex, 0]] });
    }
    close();
    return made;
  }
  const way = new Set(longestWay(members));
  for (const vertex of way) add({ left: vertex.left, right: vertex.right, spots: [[vertex, 0]] });
  const beside = placed(members.filter((vertex) => !way.has(vertex)));
  const shift = made.right + COLUMN_GAP + beside.left;
  const spots = beside.spots.map(([vertex, x]) => [vertex, x + shift]);
  add({ left: 0, right: shift + beside.right, spots });
  return made;
}

/** The parts that no edge joins, each in order. */
function components(members) {
  const inside = new Set(members);
  const part = new Map();
  const parts = [];
  for (const start of members) {
    if (part.has(start)) continue;
    const index = parts.push([]) - 1;
    const waiting = [start];
    part.set(start, index);
    while (waiting.length) {
      const vertex = waiting.pop();
      for (const near of [...vertex.next, ...vertex.before]) {
        if (inside.has(near) && !part.has(near)) {
          part.set(near, index);
          waiting.push(near);
        }
      }
    }
  }
  for (const vertex of members) parts[part.get(vertex)].push(vertex);
  return parts;
}

/**
 * The vertices that lie on a way with every other one, in order.
 *
 * All before a vertex lead to it if each of them is read at the latest by it; all after it
 * come from it if each of them reads at the earliest it.
 */
function spine(members) {
  const place = new Map(members.map((vertex, index) => [vertex, index]));
  const places = (near) => near.map((vertex) => place.get(vertex)).filter((at) => at !== undefined);
  const earliestReader = members.map((vertex) => Math.min(...places(vertex.next)));
  const latestSource = members.map((vertex) => Math.max(...places(vertex.before)));
  const rest = new Array(members.length + 1).fill(Infinity);
  for (let at = members.length - 1; at >= 0; at -= 1)
    rest[at] = Math.min(rest[at + 1], latestSource[at]);
  const found = [];
  let waiting = -1;
  members.forEach((vertex, at) => {
    if (waiting <= at && rest[at + 1] >= at) found.push(vertex);
    waiting = Math.max(waiting, earliestReader[at]);
  });
  return found;
}

function longestWay(members) {
  const inside = new Set(members);
  const length = new Map();
  const previous = new Map();
  let end = members[0];
  for (const vertex of members) {
    let best = null;
    for (const before of vertex.before) {
      if (inside.has(before) && (best === null || length.get(before) > length.get(best)))
        best = before;
    }
    previous.set(vertex, best);
    length.set(vertex, (best === null ? 0 : length.get(best)) + 1);
    if (length.get(vertex) > length.get(end)) end = vertex;
  }
  const way = [];
  for (let vertex = end; vertex !== null; vertex = previous.get(vertex)) way.unshift(vertex);
  return way;
}
