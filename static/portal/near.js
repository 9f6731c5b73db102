// "Near me": asks the browser only when the button is pressed, and sends two decimals (a kilometre).
(() => {
  const button = document.getElementById("near");
  const note = document.getElementById("near-note");
  if (!button || !("geolocation" in navigator)) return;
  button.hidden = false;
  const failed = () => {
    button.removeAttribute("aria-busy");
    note.textContent = note.dataset.denied;
    note.hidden = false;
  };
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      (found) => {
        const kept = new URLSearchParams(new FormData(button.form));
        const at = [found.coords.latitude, found.coords.longitude].map((value) => value.toFixed(2));
        kept.set("near", at.join(","));
        kept.delete("place");
        for (const [name, value] of [...kept]) if (!value) kept.delete(name);
        window.location.assign(`${button.dataset.url}?${kept}`);
      },
      failed,
      { maximumAge: 600000, timeout: 10000 },
    );
  });
})();
