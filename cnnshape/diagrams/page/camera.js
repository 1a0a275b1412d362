// Where one looks at the drawing from: pan, zoom, pinch.

const CLOSEST = 4;
const FARTHEST = 0.02;
const LEGIBLE = 0.22; // at less, texts are specks, and are left out
const SLACK = 4; // px that a click may move

const svg = byId("drawing");
const scene = byId("scene");
const camera = { x: 0, y: 0, zoom: 1 };

function look() {
  scene.setAttribute("transform", `translate(${camera.x} ${camera.y}) scale(${camera.zoom})`);
  svg.classList.toggle("far", camera.zoom < LEGIBLE);
}

function paneSize() {
  const { width, height } = svg.getBoundingClientRect();
  return { width, height };
}

/** Change the zoom by a factor and keep the point (x, y) of the pane where it is. */
function zoomAt(x, y, factor) {
  const zoom = Math.min(CLOSEST, Math.max(FARTHEST, camera.zoom * factor));
  camera.x = x - ((x - camera.x) * zoom) / camera.zoom;
  camera.y = y - ((y - camera.y) * zoom) / camera.zoom;
  camera.zoom = zoom;
  look();
}

function zoomInMiddle(factor) {
  const { width, height } = paneSize();
  zoomAt(width / 2, height / 2, factor);
}

const MARGIN = 20; // px kept around what is shown
const LARGEST_FIT = 1.5; // a small drawing is not blown up further
const READABLE = 0.5; // the least zoom at which the texts can be read

/** Show all of a drawing of this size. */
function fit({ width, height }) {
  const pane = paneSize();
  const zoom = Math.min((pane.width - 2 * MARGIN) / width, (pane.height - 2 * MARGIN) / height);
  camera.zoom = Math.min(LARGEST_FIT, Math.max(FARTHEST, zoom));
  camera.x = (pane.width - width * camera.zoom) / 2;
  camera.y = (pane.height - height * camera.zoom) / 2;
  look();
}

/** Show all of it if it can be read so, else its beginning, as wide as it is. */
function startView(size) {
  fit(size);
  if (camera.zoom >= READABLE) return;
  const pane = paneSize();
  camera.zoom = Math.max(READABLE, Math.min(1, (pane.width - 2 * MARGIN) / size.width));
  camera.x = pane.width / 2 - size.axis * camera.zoom;
  camera.y = MARGIN;
  look();
}

/** Move as little as needed to see a part of the drawing. */
function bringIntoView({ x, y, width, height }) {
  const pane = paneSize();
  const move = (start, length, room) => {
    const most = room - MARGIN - length;
    return (most < MARGIN ? MARGIN : Math.min(most, Math.max(MARGIN, start))) - start;
  };
  camera.x += move(camera.x + x * camera.zoom, width * camera.zoom, pane.width);
  camera.y += move(camera.y + y * camera.zoom, height * camera.zoom, pane.height);
  look();
}

/** Let pointers and the wheel move the camera; `clicked` is told of clicks that are no drags. */
function followPointers(clicked) {
  const pointers = new Map();
  let moved = 0;

  const at = (event) => {
    const box = svg.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const grip = () => {
    const points = [...pointers.values()];
    const middle = (key) => points.reduce((sum, point) => sum + point[key], 0) / points.length;
    const spread =
      points.length > 1 ? Math.hypot(points[0].x - points[1].x, points[0].y - points[1].y) : 0;
    return { x: middle("x"), y: middle("y"), spread };
  };

  const release = (event) => {
    pointers.delete(event.pointerId);
    if (pointers.size === 0) svg.classList.remove("moving");
  };

  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (pointers.size === 0) moved = 0;
    pointers.set(event.pointerId, at(event));
  });
  window.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) return;
    if (event.buttons === 0) {
      release(event); // it was let go outside the window
      return;
    }
    const before = grip();
    pointers.set(event.pointerId, at(event));
    const now = grip();
    moved += Math.hypot(now.x - before.x, now.y - before.y) + (pointers.size > 1 ? SLACK : 0);
    if (moved <= SLACK) return;
    svg.classList.add("moving");
    camera.x += now.x - before.x;
    camera.y += now.y - before.y;
    if (before.spread && now.spread) zoomAt(now.x, now.y, now.spread / before.spread);
    else look();
  });
  window.addEventListener("pointerup", release);
  window.addEventListener("pointercancel", release);
  svg.addEventListener("click", (event) => {
    if (moved <= SLACK) clicked(event);
  });
  svg.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      if (event.shiftKey) {
        camera.x -= event.deltaX * lines;
        camera.y -= event.deltaY * lines;
        look();
        return;
      }
      const { x, y } = at(event);
      const turn = Math.max(-60, Math.min(60, event.deltaY * lines));
      zoomAt(x, y, Math.exp(-turn * (event.ctrlKey ? 0.01 : 0.003)));
    },
    { passive: false },
  );
}
