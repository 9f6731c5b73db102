// A page of answers that is left without its button (another app, a closed tab), or where nothing was typed for
// a minute, sends what is in it: an ended session or an empty battery loses nothing. No request is made otherwise.
// Contract: accounts/views/keeping.py.
(() => {
  const form = document.getElementById("step");
  if (!form || !("keep" in form.dataset)) return;
  const version = form.elements.namedItem("version");
  const QUIET = 60_000;
  let changed = false;
  let sent = false;
  let waits;
  form.addEventListener("submit", () => {
    sent = true;
  });
  const keep = () => {
    if (!changed || sent || !form.isConnected) return;
    changed = false;
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    fetch(window.location.href, { method: "POST", body, keepalive: true, headers: { "X-Keep": "1" } })
      .then((answer) => {
        if (answer.headers.has("X-Version")) version.value = answer.headers.get("X-Version");
      })
      .catch(() => {
        changed = true;
      });
  };
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(waits);
    waits = setTimeout(keep, QUIET);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });
})();
