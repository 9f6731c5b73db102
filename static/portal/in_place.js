// The next page comes in the answer to a form: <form data-in-place>. Contract: docs/in-place.md, templates/part.html.
// Where that fails the form goes the usual way, so that whoever answers sees the page that says why.
(() => {
  const ASKING = { "HX-Request": "true", "HX-Boosted": "true" };
  const lasting = (script) => "lasting" in script.dataset;
  const where = () => window.location.pathname + window.location.search;
  let shown = where();
  let ofPage = [...document.querySelectorAll("body > script[src]")].filter((script) => !lasting(script));

  // Scripts of a page run for each page anew; what is lasting (this one, htmx) is loaded once.
  const run = (next) => {
    ofPage.forEach((script) => script.remove());
    ofPage = [];
    for (const given of next.querySelectorAll("meta[name=htmx-config], body > script[src]")) {
      const known = given.matches("meta") ? "meta[name=htmx-config]" : `script[src="${given.getAttribute("src")}"]`;
      if (document.querySelector(known)) continue;
      const made = document.createElement(given.localName);
      for (const { name, value } of given.attributes) made.setAttribute(name, value);
      made.async = false;
      if (!lasting(made)) ofPage.push(made);
      document.body.append(made);
    }
  };

  // The page stands under another address from now on, and so do the links that come back to it.
  const arrive = (address) => {
    window.history[address === where() ? "replaceState" : "pushState"]({}, "", address);
    shown = where();
    for (const place of document.querySelectorAll("header nav [aria-current]")) {
      if (place.href !== window.location.href) place.removeAttribute("aria-current");
    }
    for (const link of document.querySelectorAll(".tools [hreflang], .prefs a")) {
      link.search = new URLSearchParams({ next: address });
    }
  };
  const begin = (place) => {
    if (!place) return;
    if (place.tabIndex < 0) place.tabIndex = -1; // a heading takes the focus only when told to
    place.focus({ preventScroll: true });
  };

  // Shows a page, whole or in part, under its address.
  const show = (text, address) => {
    const next = new DOMParser().parseFromString(text, "text/html");
    const main = document.getElementById("main");
    const begins = next.querySelector("#main [autofocus], #question legend") ?? next.querySelector("#main h1");
    next.querySelectorAll("[autofocus]").forEach((each) => each.removeAttribute("autofocus")); // of loading only
    document.title = next.title;
    document.body.className = next.body.className;
    main.className = next.getElementById("main").className;
    for (const id of ["tools", "toasts", "main", "tabs"]) {
      document.getElementById(id).replaceChildren(...next.getElementById(id).childNodes);
    }
    arrive(address);
    const [suggest, about] = [document, next].map((each) => each.getElementById("suggest"));
    if (suggest && about) suggest.href = about.href;
    delete inPlace.turn;
    run(next);
    window.htmx?.process(main);
    window.scrollTo(0, 0);
    begin(begins);
  };
  const cameAlong = () => [...document.querySelectorAll("template[data-address]")];
  // Shows what came along with the page, in its place; the title names the heading.
  const bring = (page, address) => {
    const place = document.getElementById(page.dataset.place);
    const last = place.querySelector("h1").textContent;
    place.replaceChildren(page.content);
    page.remove();
    const heading = place.querySelector("h1");
    document.title = document.title.replace(last, () => heading.textContent);
    arrive(address);
    window.scrollTo(0, 0);
    begin(heading);
  };
  // Takes what came for a request that asked with ASKING; false where it is nothing to be shown.
  const take = (text, header) => {
    const elsewhere = header("HX-Redirect");
    const address = header("HX-Push-Url");
    const along = address && !text && cameAlong().find((page) => page.dataset.address === address);
    if (elsewhere || (address && !text && !along)) window.location.assign(elsewhere ?? address);
    else if (along) bring(along, address);
    else if (address) show(text, address);
    return Boolean(elsewhere ?? address);
  };
  // A page with several addresses that shows them itself says by `turn` whether it has the present one.
  const inPlace = { ASKING, take, arrive, begin };
  window.inPlace = inPlace;

  const usualWay = (form, pressed) => {
    if (pressed?.name) {
      const said = document.createElement("input");
      Object.assign(said, { type: "hidden", name: pressed.name, value: pressed.value });
      form.append(said);
    }
    form.submit();
  };
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter: pressed } = event;
    if (event.defaultPrevented || !("inPlace" in form.dataset)) return;
    event.preventDefault();
    if (form.dataset.inPlace === "sent") return;
    form.dataset.inPlace = "sent";
    const fields = [...new FormData(form)].filter(([, value]) => !(value instanceof File) || value.size);
    if (pressed?.name) fields.push([pressed.name, pressed.value]);
    const withFiles = new FormData();
    fields.forEach(([name, value]) => withFiles.append(name, value));
    const body = fields.some(([, value]) => value instanceof File) ? withFiles : new URLSearchParams(fields);
    pressed?.setAttribute("aria-busy", "true");
    try {
      const headers = cameAlong().length ? { ...ASKING, Prefer: "return=minimal" } : ASKING;
      const answer = await fetch(form.action, { method: "POST", body, headers });
      if (take(await answer.text(), (name) => answer.headers.get(name))) return;
    } catch {
      // a broken line: what the browser says of it is clearer than anything of ours
    }
    usualWay(form, pressed);
  });
  window.addEventListener("popstate", () => {
    if (where() === shown) return; // an address within the page is none of ours
    if (inPlace.turn?.()) arrive(where());
    else window.location.reload();
  });
})();
