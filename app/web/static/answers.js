// One request for the identity: who answered, and which colour is live. Used by the stage and the traffic view.

// By the name of what fetch() or JSON.parse() throws.
const FAILURES = { TimeoutError: "timeout", TypeError: "no answer", SyntaxError: "no identity" };

// Ends in { who, live }: `who` is { colour, version, pod } or { error }; `live` is "both", "green", "green=10" or null.
export async function ask(address, timeLimit, options) {
  try {
    return await identity(address, timeLimit, options);
  } catch (error) {
    return { who: { error: FAILURES[error.name] ?? error.message }, live: null };
  }
}

async function identity(address, timeLimit, options) {
  const signal = AbortSignal.timeout(timeLimit);
  const response = await fetch(address, { cache: "no-store", signal, ...options });
  const body = await response.text(); // an error's, too: a body that nobody reads keeps its connection busy
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const told = JSON.parse(body);
  const who = { colour: named(told?.colour), version: named(told?.version), pod: named(told?.pod) };
  return { who, live: response.headers.get("x-edge-live") };
}

function named(value) {
  if (value !== null && typeof value !== "string") throw new SyntaxError("no identity");
  return value ?? "none";
}

// Every page says what is live: the style sheet shows the sentence for it.
export function showLive(live) {
  document.body.dataset.live = live;
  for (const share of document.querySelectorAll("[data-share]")) share.textContent = live.split("=")[1];
}
