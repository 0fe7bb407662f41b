// The traffic view: asks /version at the rate that is set, and draws the answers. Nothing grows: the cells of the
// picture are made once and used in turn, and a table has at most so many rows.
import { ask, showLive } from "./answers.js";

const $ = (selector) => document.querySelector(selector);
const view = $("#traffic");
const ADDRESS = view.dataset.address;
const IN_FLIGHT = Number(view.dataset.inFlight);
const TIME_LIMIT = Number(view.dataset.timeLimit) * 1000; // milliseconds
const CELLS = Number(view.dataset.cells);
const SHAPES = JSON.parse(view.dataset.shapes); // SVG paths by mark
const ROWS = Number(view.dataset.rows); // of a table
const curve = $("#curve");
const POINTS = Number(view.dataset.points);
const EVERY = Number(view.dataset.every) * 1000; // milliseconds from one point to the next
// Milliseconds from one update to the next. At 50 answers a second, drawing each by itself took nearly twice the time.
const UPDATES = [[draw, 100], [refresh, 500], [describe, 10_000], [drawCurve, EVERY]];

// Counting: each table counts what is in the picture and what there was since the reset.
class Table {
  rows = new Map(); // by name, the least recently seen first

  constructor(body) {
    this.body = body;
  }

  count(name, mark) {
    const row = this.rows.get(name) ?? this.newRow(name, mark);
    this.rows.delete(name);
    this.rows.set(name, row);
    if (this.rows.size > ROWS) this.forgetOldest();
    if (row.mark !== mark) row.mark = "several";
    row.shown += 1;
    row.all += 1;
    return row;
  }

  newRow(name, mark) {
    const element = copy("#row");
    element.dataset.name = element.querySelector(".name").textContent = name;
    this.body.insertBefore(element, [...this.body.rows].find((other) => other.dataset.name > name) ?? null);
    return { element, mark, shown: 0, all: 0 };
  }

  forgetOldest() {
    const [[name, { element }]] = this.rows;
    element.remove();
    this.rows.delete(name);
  }

  clear() {
    this.body.replaceChildren();
    this.rows.clear();
  }

  refresh(total) {
    for (const { element, mark, shown, all } of this.rows.values()) {
      const share = `${((shown / total) * 100).toFixed(1)}%`;
      setMark(element, mark);
      element.querySelector(".share div").style.width = share;
      element.querySelector(".percent").textContent = share;
      element.querySelector(".all").textContent = all;
    }
  }
}

// Drawing: the cells are a ring, in which each new mark takes the place of the oldest.
const copy = (template) => $(template).content.firstElementChild.cloneNode(true);
const cells = Array.from({ length: CELLS }, () => $("#marks").appendChild(copy("#cell")));
const bodies = [...view.querySelectorAll("tbody")];
const tables = Object.fromEntries(bodies.map((body) => [body.dataset.by, new Table(body)]));
let shown; // per cell: its mark, the rows that count it, and the milliseconds it took
let drawn, total, errors, heldBack; // since the reset

function add(answer, took) {
  const mark = answer.error ? "error" : Object.hasOwn(SHAPES, answer.colour) ? answer.colour : "none";
  const rows = Object.entries(answer).map(([by, name]) => tables[by].count(name, mark));
  for (const row of shown[total % CELLS]?.rows ?? []) row.shown -= 1;
  shown[total % CELLS] = { mark, rows, took: answer.error ? [] : [took] };
  total += 1;
  countInCurve(mark);
  if (answer.error) errors += 1;
  if (rows.some((row) => row.all === 1)) refresh(); // at once: a new row is news
  if (answer.error && rows[0].all === 1) say(`First “${answer.error}” at ${time()}`);
}

function draw() {
  if (drawn === total) return;
  $(".newest")?.classList.remove("newest");
  for (; drawn < total; drawn += 1) {
    const turn = Math.floor(drawn / CELLS) % 2; // the marks of the last turn fade
    setMark(cells[drawn % CELLS], shown[drawn % CELLS].mark, `turn-${turn}`);
    $("#marks").dataset.turn = turn;
  }
  cells[(drawn - 1) % CELLS].classList.add("newest");
}

function setMark(element, mark, ...more) {
  element.setAttribute("class", [mark, ...more].join(" "));
  element.querySelector("path").setAttribute("d", SHAPES[mark] ?? "");
}

const time = () => new Date().toTimeString().slice(0, 8);
// The curve: the shares of the marks, in as many stretches of time as it has points; the newest is at the right.
let stretches; // per stretch: how many answers of each mark, and of all

function countInCurve(mark) {
  const stretch = stretches.at(-1);
  stretch[mark] = (stretch[mark] ?? 0) + 1;
  stretch.all += 1;
}

function drawCurve() {
  const first = POINTS - stretches.length;
  for (const line of curve.children) {
    const mark = line.classList.value;
    const points = stretches.flatMap((stretch, i) =>
      stretch.all ? [`${first + i},${100 - (100 * (stretch[mark] ?? 0)) / stretch.all}`] : [],
    );
    const seen = stretches.some((stretch) => stretch[mark]);
    line.setAttribute("points", seen ? points.join(" ") : "");
  }
  stretches = [...stretches, { all: 0 }].slice(-POINTS);
}

const say = (news) => ($("#news").textContent = news);
const sayPaused = () => say(paused ? "Paused" : "");

function percentile(sorted, part) {
  return sorted.length ? `${sorted[Math.ceil(sorted.length * part) - 1].toFixed(1)} ms` : "–";
}

function refresh() {
  const took = shown.flatMap((mark) => mark.took).sort((one, other) => one - other);
  const figures = {
    "#answers": total - errors,
    "#errors": errors,
    "#held-back": heldBack,
    "#median": percentile(took, 0.5),
    "#p95": percentile(took, 0.95),
  };
  for (const [selector, figure] of Object.entries(figures)) $(selector).textContent = figure;
  for (const table of Object.values(tables)) table.refresh(shown.length);
}

function describe() {
  const counts = [...tables.colour.rows, ...tables.error.rows].map(([name, row]) => `, ${row.shown} ${name}`);
  $("#marks").setAttribute("aria-label", `${shown.length} answers${counts.join("")}`);
}

// Running: a tick per request, as long as nobody has paused it and the tab is seen.
let inFlight = 0;
let round = 0; // how often it was reset
let paused = false;
let switched; // what is live, as of the newest answer
let due, next; // when the next tick is due, and its timer

async function request() {
  const [asked, now] = [performance.now(), round];
  inFlight += 1;
  // Without a cookie: what a new visitor gets, wherever this one's data is.
  const { who, live } = await ask(ADDRESS, TIME_LIMIT, { credentials: "omit" });
  inFlight -= 1;
  if (round !== now) return;
  add(who, performance.now() - asked);
  if (live && live !== switched) noticeSwitch(live);
}

function words(live) {
  const [colour, share] = live.split("=");
  if (share) return `${share}% of new visitors on ${colour}`;
  return live === "both" ? "Both take turns" : `${live} is live`;
}

function noticeSwitch(live) {
  if (switched) say(`${words(live)} since ${time()}`);
  showLive((switched = live));
}

function tick() {
  if (inFlight < IN_FLIGHT) request();
  else heldBack += 1;
  due = Math.max(due + 1000 / $("#rate").valueAsNumber, performance.now());
  next = setTimeout(tick, due - performance.now());
}

function run() {
  clearTimeout(next);
  due = performance.now();
  if (!paused && !document.hidden) tick();
}

function pause() {
  paused = !paused;
  $("#pause").textContent = paused ? "Resume" : "Pause";
  sayPaused();
  describe();
  run();
}

function reset() {
  round += 1;
  shown = [];
  stretches = [{ all: 0 }];
  drawn = total = errors = heldBack = 0;
  for (const table of Object.values(tables)) table.clear();
  for (const cell of cells) setMark(cell, "");
  sayPaused();
  refresh();
  describe();
}

$("#pause").addEventListener("click", pause);
$("#reset").addEventListener("click", reset);
$("#rate").addEventListener("input", () => ($("output").textContent = $("#rate").value));
document.addEventListener("visibilitychange", run);
for (const [update, milliseconds] of UPDATES) setInterval(update, milliseconds);
view.hidden = false;
reset();
run();
