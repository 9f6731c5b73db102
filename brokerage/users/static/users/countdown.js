// Counts down to the moment when another code may be sent. The server decides; this only tells.
for (const place of document.querySelectorAll("[data-countdown]")) {
  const end = Date.now() + Number(place.dataset.countdown) * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) {
      place.textContent = "";
      clearInterval(timer);
    } else {
      place.textContent = place.dataset.countdownText.replace("{n}", left);
    }
  };
  const timer = setInterval(tick, 1000);
  tick();
}
