// The ways of the arrows: a lane for what passes rows, a track for what goes across in a gap.

const LANE = 14; // from a lane to the next lane, and half of it to a box
const CROSSING = 60; // the way that a line may be longer to cross one less
const PORT = 14; // from a box's middle to where a skip connection enters

/** Give each edge its ends and, where it passes rows, its lane: short edges first, inside. */
function findLanes(edges, rows) {
  const span = (edge) => edge.target.rank - edge.source.rank;
  const entered = new Map();
  for (const edge of [...edges].sort((one, other) => span(one) - span(other))) {
    const { source, target } = edge;
    edge.from = source.x + source.outs[edge.out];
    edge.to = target.x + target.ins[edge.into];
    edge.value = `${edge.from} ${source.rank}`;
    edge.lane = edge.from;
    if (span(edge) === 1) continue;
    edge.lane = freeLane(edge, rows);
    for (const row of rows.slice(source.rank + 1, target.rank)) {
      row.taken.push([edge.lane - LANE, edge.lane + LANE, edge.value]);
    }
    for (const line of linesBy(edge, edge.lane)) rows[line.rank].lines.push(line);
    if (edge.flags & SKIP && target.child && target.ins.length === 1) enterBeside(edge, entered);
  }
}

/** Let a skip connection enter a box on the side that it comes from, each at its own place. */
function enterBeside(edge, entered) {
  const { target, lane } = edge;
  const side = Math.sign(lane - edge.to);
  const key = `${target.child.id} ${side}`;
  entered.set(key, (entered.get(key) ?? 0) + 1);
  const room = Math.max(PORT, Math.min(target.left, target.right) - PORT);
  edge.to += side * Math.min(PORT * entered.get(key), room);
}

/** The horizontal lines of an edge that takes the lane `x`, each with the row above it. */
function linesBy({ source, target, from, to, value }, x) {
  return [
    { rank: source.rank, left: Math.min(from, x), right: Math.max(from, x), value },
    { rank: target.rank - 1, left: Math.min(x, to), right: Math.max(x, to), value },
  ].filter((line) => line.right - line.left > 0.5);
}

/** The cheapest x at which no box and no other value's lane is in the rows that it passes. */
function freeLane(edge, rows) {
  const { source, target, from, to, value } = edge;
  const passed = rows.slice(source.rank + 1, target.rank);
  const crossings = (x) =>
    linesBy(edge, x).reduce(
      (sum, line) =>
        sum +
        rows[line.rank].lines.filter(
          (other) => other.value !== value && other.left < line.right && other.right > line.left,
        ).length,
      0,
    );
  // Of lanes that are equally long, one straight below the source has one bend less.
  const cost = (x) =>
    1.01 * Math.abs(x - from) + Math.abs(x - to) + (x < to ? 1 : 0) + CROSSING * crossings(x);
  let best = null;
  for (const start of [from, to]) {
    for (const side of [1, -1]) {
      const x = slide(start, side, value, passed);
      if (best === null || cost(x) < cost(best)) best = x;
    }
  }
  return best;
}

function slide(start, side, value, rows) {
  let x = start;
  let moved = true;
  while (moved) {
    moved = false;
    for (const row of rows) {
      for (const [from, to, owner] of row.taken) {
        if (owner !== value && x > from + 0.1 && x < to - 0.1) {
          x = side > 0 ? to : from;
          moved = true;
        }
      }
    }
  }
  return x;
}

/** Give each horizontal line its track in its gap; the number of tracks of each gap. */
function findTracks(edges, rows) {
  const gaps = rows.map(() => []);
  for (const edge of edges) {
    const { from, lane, to } = edge;
    edge.lines = [];
    const first = edge.source.rank;
    const last = edge.target.rank - 1;
    if (Math.abs(from - lane) > 0.5) gaps[first].push(makeLine(edge, first, from, lane));
    if (Math.abs(lane - to) > 0.5) gaps[last].push(makeLine(edge, last, lane, to));
  }
  return gaps.map(assignTracks);
}

function makeLine(edge, rank, start, end) {
  const line = {
    edge,
    rank,
    start,
    end,
    entering: rank === edge.target.rank - 1,
    // Where the whole way is one gap, leaving and entering are the same line.
    single: edge.source.rank === edge.target.rank - 1,
    left: Math.min(start, end),
    right: Math.max(start, end),
    track: 0,
  };
  edge.lines.push(line);
  return line;
}

/** Lines of one source, or into one target, share a track; others that overlap do not. */
function assignTracks(lines) {
  const fans = new Map();
  for (const line of lines) {
    if (line.entering && !line.single) continue;
    fans.set(line.edge.value, (fans.get(line.edge.value) ?? 0) + 1);
  }
  const nets = new Map();
  for (const line of lines) {
    const { edge } = line;
    const leaves = !line.entering || (line.single && fans.get(edge.value) > 1);
    const key = leaves ? `from ${edge.value}` : `to ${edge.to} ${edge.flags & SKIP}`;
    const net = nets.get(key) ?? { lines: [], left: Infinity, right: -Infinity, leaves };
    nets.set(key, net);
    net.lines.push(line);
    net.left = Math.min(net.left, line.left);
    net.right = Math.max(net.right, line.right);
  }
  const order = [...nets.values()].sort(
    (one, other) =>
      Number(other.leaves) - Number(one.leaves) ||
      one.right - one.left - (other.right - other.left),
  );
  const tracks = [];
  for (const net of order) {
    const meets = (other) => other.left < net.right + LANE && other.right > net.left - LANE;
    let track = 0;
    tracks.forEach((nets, at) => {
      if (nets.some(meets)) track = at + 1;
    });
    (tracks[track] ??= []).push(net);
    for (const line of net.lines) line.track = track;
  }
  return tracks.length;
}
