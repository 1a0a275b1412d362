// The layout of an open area: rows from above, columns, and arrows that pass no box.
//
// Every edge goes down: out of its source, across in the gap between two rows, down a lane
// that is free of boxes, across in a second gap, and into its target. Areas are laid out from
// the inside out; where a value passes a border is fixed by the inner layout.

const HEADER = 30; // the height of an open area's title
const PADDING = 16; // between an area's border and what is in it
const GAP = 32; // between two rows
const TRACK = 9; // from one horizontal line in a gap to the next

/**
 * The layout of an open area whose children's sizes `sizeOf` tells, by child:
 * {width, height, axis, ins, outs}, `axis`, `ins` and `outs` being distances from the left edge.
 * What is higher than `most` goes on beside itself where a single arrow can be led there.
 *
 * The same of the area, with {at: [[child, x, y]], pills: [[x, y]], arrows} from its upper left
 * corner. An arrow's `source` and `target` are children, or null for the area's own ports;
 * `exit` and `entry` are the numbers of the ports.
 */
function layOut(area, sizeOf, most) {
  const vertices = makeVertices(area, sizeOf);
  const edges = makeEdges(area, vertices);
  const last = rankVertices(vertices);
  placeColumns(vertices.all);
  const rows = makeRows(vertices.all, last);
  findLanes(edges, rows);
  const tracks = findTracks(edges, rows);
  setGaps(area, rows, tracks);
  const strips = cutStrips(edges, rows, most);
  return measureArea(area, vertices, edges, rows, strips);
}

function makeVertices(area, sizeOf) {
  const port = () => ({
    child: null,
    port: true,
    left: LANE / 2,
    right: LANE / 2,
    height: 0,
    ins: [0],
    outs: [0],
  });
  const pill = (size) => ({ ...port(), ...around(size), port: false, height: size.height });
  const own = (number, size) => Array.from({ length: number }, () => (size ? pill(size) : port()));
  const entries = own(area.ins, area.parent === null && sizeOf(null));
  const exits = own(area.outs, area.parent === null && sizeOf(null));
  const children = area.children.map((child) => {
    const size = sizeOf(child);
    return { child, port: false, ...around(size), height: size.height };
  });
  const all = [...entries, ...children, ...exits];
  for (const vertex of all) Object.assign(vertex, { next: [], before: [], rank: 0, x: 0 });
  return { entries, children, exits, all };
}

/** Extents from the axis, and ports from the axis. */
function around({ width, axis, ins, outs }) {
  return {
    left: axis,
    right: width - axis,
    ins: ins.map((x) => x - axis),
    outs: outs.map((x) => x - axis),
  };
}

function makeEdges(area, { entries, children, exits }) {
  const found = new Map();
  for (const [from, out, to, into, flags] of area.edges) {
    const source = from === OWN ? entries[out] : children[from];
    const target = to === OWN ? exits[into] : children[to];
    const edge = {
      source,
      target,
      flags,
      exit: out,
      entry: into,
      out: from === OWN || source.outs.length === 1 ? 0 : out,
      into: to === OWN || target.ins.length === 1 ? 0 : into,
    };
    // A closed area has one port: values that pass an open one apart come together there.
    const key = `${from} ${from === OWN ? out : edge.out} ${to} ${to === OWN ? into : edge.into}`;
    const same = found.get(key);
    if (same) {
      same.flags &= flags;
      continue;
    }
    found.set(key, edge);
    source.next.push(target);
    target.before.push(source);
  }
  return [...found.values()];
}

/** Rank the vertices: entries 0, each other one below all before it, exits last; the last rank. */
function rankVertices({ entries, all, exits }) {
  let last = 0;
  for (const vertex of all) {
    if (entries.includes(vertex)) continue;
    vertex.rank = 1 + Math.max(0, ...vertex.before.map((before) => before.rank));
    if (!exits.includes(vertex)) last = Math.max(last, vertex.rank);
  }
  for (const vertex of exits) vertex.rank = last + 1;
  return last + 1;
}

/**
 * For each rank: its height, the spans [from, to, value] that lanes must keep clear of, and the
 * horizontal lines in the gap below it that belong to lanes.
 */
function makeRows(vertices, last) {
  const rows = Array.from({ length: last + 1 }, () => ({ height: 0, taken: [], lines: [] }));
  for (const vertex of vertices) {
    const row = rows[vertex.rank];
    row.height = Math.max(row.height, vertex.height);
    row.taken.push([vertex.x - vertex.left - LANE, vertex.x + vertex.right + LANE, null]);
  }
  return rows;
}

/** The room below each row: for arrows, or only as much as a border keeps. */
function setGaps(area, rows, tracks) {
  const whole = area.parent === null;
  if (!whole) rows[0].height = HEADER;
  rows.forEach((row, rank) => {
    const last = rank === rows.length - 1;
    const border = !whole && (rank === 0 || rank === rows.length - 2);
    const room = border && !tracks[rank] ? PADDING : GAP + TRACK * Math.max(0, tracks[rank] - 1);
    row.room = last ? 0 : room;
  });
}

function measureArea(area, { entries, children, exits, all }, edges, rows, strips) {
  const whole = area.parent === null;
  const margin = whole ? 0 : PADDING;
  setExtents(all, edges, rows, strips);
  const { right, height } = placeStrips(strips, rows, whole ? 0 : HEADER);
  const left = strips[0].left - margin;
  const missing = Math.max(0, (whole ? 0 : area.headerWidth) - (right + margin - left));
  const axis = missing / 2 - left;
  if (!whole) rows[rows.length - 1].top = height;
  const x = (vertex) => vertex.x + rows[vertex.rank].strip.shift + axis;
  return {
    width: right + margin - left + missing,
    height,
    axis,
    ins: entries.map(x),
    outs: exits.map(x),
    at: children.map((vertex) => [vertex.child, x(vertex) - vertex.left, rows[vertex.rank].top]),
    pills: whole ? [...entries, ...exits].map((vertex) => [x(vertex), rows[vertex.rank].top]) : [],
    arrows: edges.map((edge) => makeArrow(edge, rows, axis)),
  };
}

function makeArrow(edge, rows, axis) {
  const { source, target, flags, exit, entry } = edge;
  return {
    points: pointsOf(edge, rows).map(([x, y]) => [x + axis, y]),
    flags,
    source: source.child ?? null,
    target: target.child ?? null,
    exit,
    entry,
    head: !target.port && !(target.child && target.child.area && target.child.open),
  };
}
