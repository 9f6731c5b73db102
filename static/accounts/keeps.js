// A page of answers that is left without its button (another app, a closed tab) sends what is in it once:
// nothing typed is lost, and no request is made otherwise. Contract: accounts/views/keeping.py.
(() => {
  const form = document.getElementById("step");
  if (!form || !("keep" in form.dataset)) return;
  const version = form.elements.namedItem("version");
  let changed = false;
  let sent = false;
  form.addEventListener("input", () => {
    changed = true;
  });
  form.addEventListener("submit", () => {
    sent = true;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || !changed || sent) return;
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
  });
})();
