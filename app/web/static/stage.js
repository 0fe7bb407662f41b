// The stage: asks /version as this visitor, and lets each answer travel from the edge to the server that gave it.
import { ask, showLive } from "./answers.js";

const EVERY = 1000; // milliseconds
const TRAVEL = 600;
const TIME_LIMIT = 5000;
const stage = document.querySelector("#stage");
const edge = stage.querySelector("#edge");
const said = stage.querySelector("#trouble");
const still = matchMedia("(prefers-reduced-motion: reduce)");

function column(colour) {
  return [...stage.querySelectorAll(".column")].find((each) => each.dataset.colour === colour);
}

function show({ who, live }) {
  const trouble = who.error ? `The newest request failed: ${who.error}` : "";
  if (said.textContent !== trouble) said.textContent = trouble;
  if (live) showLive(live);
  const place = column(who.colour);
  if (!place) return;
  for (const fact of ["version", "pod"]) place.querySelector(`[data-fact=${fact}]`).textContent = who[fact];
  for (const each of stage.querySelectorAll(".newest")) each.classList.remove("newest");
  place.classList.add("newest", "reached");
  if (!still.matches) travel(place);
}

// A copy of the colour's mark goes down the wire, around its corner, and fades in the server.
function travel(place) {
  const mark = place.querySelector(".mark").cloneNode(true);
  mark.classList.add("traveller");
  stage.append(mark);
  const origin = stage.getBoundingClientRect();
  const [from, to] = [edge.getBoundingClientRect(), place.querySelector(".server").getBoundingClientRect()];
  const middle = (box) => box.left + box.width / 2 - origin.left;
  const corner = (from.bottom + to.top) / 2 - origin.top;
  const path = [
    [middle(from), from.bottom - origin.top],
    [middle(from), corner],
    [middle(to), corner],
    [middle(to), to.top - origin.top],
  ];
  const frames = path.map(([x, y]) => ({ transform: `translate(${x}px, ${y}px) translate(-50%, -50%)` }));
  mark.animate(frames, { duration: TRAVEL, easing: "ease-in-out" }).finished.finally(() => mark.remove());
}

async function run() {
  if (!document.hidden) show(await ask(stage.dataset.address, TIME_LIMIT));
  setTimeout(run, EVERY);
}

run();
