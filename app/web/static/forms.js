// A double click sends a form once. The server stores one user per form and colour in any case; on the plain host two
// requests could reach two colours.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  // Longer than the server takes: a visitor who has stopped the request may send it again.
  setTimeout(() => delete event.target.dataset.sent, 10_000);
});
// “Stored.” and the like are news once: not after a reload, nor in a bookmark.
const address = new URL(location);
if (address.searchParams.has("done")) {
  address.searchParams.delete("done");
  history.replaceState(history.state, "", address);
}
// A page that comes back from the browser's history may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
// While users are moved to another colour, a form waits and is sent again by itself, but not for ever.
const waiting = document.querySelector("form[data-again]");
const attempts = waiting ? Number(sessionStorage.attempts ?? 0) + 1 : 0;
sessionStorage.attempts = attempts;
if (waiting && attempts <= 30) setTimeout(() => waiting.requestSubmit(), waiting.dataset.again * 1000);
