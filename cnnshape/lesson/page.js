(() => {
"use strict";
const { titles, words, ways, speed } = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const timed = [...document.querySelectorAll("[data-first]")].map((node) => [
  node, Number(node.dataset.first), Number(node.dataset.last ?? Infinity),
]);
const movers = [...document.querySelectorAll("[data-way]")].map((node) => [
  node, ways[Number(node.dataset.way)],
]);
const last = titles.length - 1;
let step = 0;
let timer = 0;

const show = (to) => {
  step = Math.max(0, Math.min(last, to));
  for (const [node, from, end] of timed) {
    node.setAttribute("visibility", from <= step && step < end ? "visible" : "hidden");
  }
  for (const [node, way] of movers) {
    const place = way[step];
    node.setAttribute("visibility", place ? "visible" : "hidden");
    if (place) node.setAttribute("transform", `translate(${place[0]} ${place[1]})`);
  }
  byId("title").textContent = titles[step];
  byId("words").replaceChildren(...words[step].map((line) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    return paragraph;
  }));
  byId("steps").value = String(step);
  byId("back").disabled = byId("first").disabled = step === 0;
  byId("next").disabled = byId("last").disabled = step === last;
};

const pause = () => {
  clearTimeout(timer);
  timer = 0;
  byId("play").textContent = "▶ Play";
  byId("play").setAttribute("aria-pressed", "false");
};
const go = (to) => { pause(); show(to); };
const tick = () => {
  if (step === last) return pause();
  show(step + 1);
  wait();
};
const wait = () => {
  const asked = Number(byId("speed").value);
  timer = setTimeout(tick, 1000 / (asked > 0 ? Math.min(asked, 20) : speed));
};
const play = () => {
  if (timer) return pause();
  if (step === last) show(0);
  byId("play").textContent = "⏸ Pause";
  byId("play").setAttribute("aria-pressed", "true");
  wait();
};

const keys = {
  " ": () => go(step + 1), ArrowRight: () => go(step + 1), ArrowLeft: () => go(step - 1),
  Home: () => go(0), End: () => go(last), p: play, P: play,
};
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input");
  const pressing = event.key === " " && event.target.matches("button");
  if (typing || pressing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
});
byId("first").onclick = () => go(0);
byId("back").onclick = () => go(step - 1);
byId("next").onclick = () => go(step + 1);
byId("last").onclick = () => go(last);
byId("play").onclick = play;
byId("steps").max = String(last);
byId("steps").oninput = () => go(Number(byId("steps").value));
byId("speed").value = String(speed);
document.querySelector(".drawing").onclick = () => go(step + 1);
window.addEventListener("beforeprint", () => go(last));
show(0);
})();
