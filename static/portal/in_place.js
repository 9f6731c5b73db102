// The next part of a paper comes in the answer to the last. Where that fails, the form goes the
// usual way, so that whoever answers sees the page that says why.
(() => {
  const main = document.getElementById("main");
  const theUsualWay = (event) => {
    if (event.target.matches("form")) event.target.submit();
  };
  document.body.addEventListener("htmx:responseError", theUsualWay);
  document.body.addEventListener("htmx:sendError", theUsualWay);
  document.body.addEventListener("htmx:afterSwap", () => {
    const begins = main.querySelector("legend") ?? main.querySelector("h1");
    if (!begins) return;
    begins.tabIndex = -1;
    begins.focus({ preventScroll: true });
  });
})();
