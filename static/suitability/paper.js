// The next question comes in the answer to the last. Where that fails, the form goes the usual way,
// so that whoever answers sees the page that says why.
(() => {
  const main = document.getElementById("main");
  const theUsualWay = (event) => {
    if (event.target.matches("form")) event.target.submit();
  };
  document.body.addEventListener("htmx:responseError", theUsualWay);
  document.body.addEventListener("htmx:sendError", theUsualWay);
  document.body.addEventListener("htmx:afterSwap", () => {
    const asked = main.querySelector("legend");
    if (!asked) return;
    asked.tabIndex = -1;
    asked.focus({ preventScroll: true });
  });
})();
