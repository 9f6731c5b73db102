// Counts down to a moment, in seconds or in units of so many. The server decides; this only tells, and ends with its page.
for (const place of document.querySelectorAll("[data-countdown]")) {
  const end = Date.now() + Number(place.dataset.countdown) * 1000;
  const unit = Number(place.dataset.countdownUnit ?? 1) * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / unit);
    if (left <= 0 || !place.isConnected) {
      place.textContent = "";
      clearInterval(timer);
    } else {
      place.textContent = place.dataset.countdownText.replace("{n}", left);
    }
  };
  const timer = setInterval(tick, 1000);
  tick();
}
