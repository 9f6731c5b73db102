// The paper: shows one question after the other without asking for it, and sends the answers meanwhile.
// Contract: docs/in-place.md, "The paper". Without it, and wherever the server has something to say, each is a form.
(() => {
  const form = document.getElementById("question");
  const screens = [...(document.getElementById("questions")?.content.children ?? [])];
  if (!form || !screens.length || !window.inPlace) return;
  const [asked, back, saved, waits] = ["asked", "back", "saved", "waits"].map((id) => document.getElementById(id));
  const [label, group] = document.querySelectorAll("#main .progress .lbl > *");
  const segments = document.querySelector("#main .segs");
  const token = form.elements.csrfmiddlewaretoken.value;
  let number = Number(form.dataset.number);
  let mark = form.dataset.mark;
  let kept = JSON.parse(form.dataset.given); // what the server has
  let sheet = { ...kept }; // what was answered here
  let refused = {}; // what another device answered otherwise meanwhile
  let busy = false; // the server's page comes next
  let since = -Infinity; // the question is shown

  const keyOf = (place) => screens[place - 1].dataset.key;
  const placeOf = (key) => screens.findIndex((screen) => screen.dataset.key === key) + 1;
  const addressOf = (place) => form.getAttribute("action").replace(/\/\d+\/(?=$|\?)/, `/${place}/`);
  const chosen = () => new FormData(form).getAll("answer");
  const same = (one, other) => [...(one ?? [])].sort().join() === [...(other ?? [])].sort().join();
  const waiting = () => Object.keys(sheet).filter((key) => !same(sheet[key], kept[key]));

  // Leaving the page, the browser asks first where something has not been sent.
  const ask = (event) => {
    if (!form.isConnected) window.removeEventListener("beforeunload", ask);
    else if (waiting().length) event.preventDefault();
  };
  window.addEventListener("beforeunload", ask);

  const tick = (answer) => {
    for (const input of form.querySelectorAll("[name=answer]")) input.checked = answer.includes(input.value);
  };
  const show = (place) => {
    const before = label.textContent;
    const { label: said, group: part, done } = screens[place - 1].dataset;
    number = place;
    since = performance.now();
    asked.replaceChildren(...document.importNode(screens[place - 1], true).childNodes);
    tick(sheet[keyOf(place)] ?? []);
    form.setAttribute("action", addressOf(place));
    label.textContent = said;
    group.textContent = part;
    document.title = document.title.replace(before, said);
    segments.setAttribute("aria-label", done);
    [...segments.children].forEach((each, index) => {
      each.className = index < place - 1 ? "ok" : index === place - 1 ? "now" : "";
    });
    back.hidden = place === 1;
    saved.hidden = place > 1;
    back.href = addressOf(place - 1);
    window.scrollTo(0, 0);
    window.inPlace.begin(form.querySelector("legend"));
  };
  const go = (place) => {
    window.inPlace.arrive(addressOf(place));
    show(place);
  };

  const say = (away) => {
    if (away === Boolean(waits.firstChild)) return;
    waits.replaceChildren(...(away ? [document.getElementById("waiting").content.cloneNode(true)] : []));
  };
  const pause = (seconds) =>
    new Promise((done) => {
      setTimeout(done, seconds * 1000);
      window.addEventListener("online", done, { once: true });
    });
  const put = async (given) => {
    const body = JSON.stringify(given);
    const headers = { "Content-Type": "application/json", "If-Match": `"${mark}"`, "X-CSRFToken": token };
    try {
      const answer = await fetch(form.dataset.sheet, { method: "PUT", body, headers, keepalive: true, redirect: "manual" });
      if (answer.status === 204) return { status: 204, given, mark: answer.headers.get("ETag").replaceAll('"', "") };
      return { status: answer.status, ...(answer.status === 412 && (await answer.json())) };
    } catch {
      return { status: 503 }; // a broken line
    }
  };
  // What another device wrote meanwhile stands; the same question answered here, too, is told of.
  const merge = (given) => {
    const mine = Object.fromEntries(waiting().map((key) => [key, sheet[key]]));
    for (const key of Object.keys(mine)) {
      if (same(given[key], kept[key]) || same(given[key], mine[key])) continue;
      refused[key] = mine[key];
      delete mine[key];
    }
    sheet = { ...given, ...mine };
  };
  // One request at a time, with all that waits. False where the paper's page has to be loaded.
  const keep = async () => {
    for (let tries = 0; waiting().length && form.isConnected; ) {
      const told = await put({ ...sheet });
      const away = told.status === 429 || told.status >= 500;
      say(away);
      if (away) {
        await pause(Math.min(2 ** tries++, 15));
        continue;
      }
      if (!told.mark || told.mark === mark) return false; // the session has ended, or the paper is closed
      if (told.status === 412) merge(told.given);
      ({ given: kept, mark } = told);
    }
    return form.isConnected;
  };
  let sending = null;
  const send = () => {
    sending ??= keep().finally(() => {
      sending = null;
    });
    return sending;
  };

  // Sends the form to the server: its page comes next, or says what is wrong.
  const submit = (seen) => {
    busy = true;
    form.elements.seen.value = seen;
    setTimeout(() => form.requestSubmit()); // not while an earlier submission is still looked at
  };
  const sendAll = async () => {
    if (!(await send())) {
      if (!form.isConnected) return false;
      busy = true;
      window.removeEventListener("beforeunload", ask);
      window.location.assign(addressOf(placeOf(waiting()[0])));
      return false;
    }
    const [first] = Object.keys(refused).sort((one, other) => placeOf(one) - placeOf(other));
    if (!first) return true;
    const answer = refused[first];
    refused = {};
    go(placeOf(first));
    tick(answer);
    submit("");
    return false;
  };
  form.addEventListener("submit", async (event) => {
    if (busy && !event.submitter) return; // goes on to in_place.js
    event.preventDefault();
    if (busy) return;
    const answer = chosen();
    if (!answer.length && performance.now() - since < 400) return; // the second click of two
    if (number < screens.length && answer.length) {
      sheet[keyOf(number)] = answer;
      go(number + 1);
      sendAll();
      return;
    }
    busy = true;
    event.submitter?.setAttribute("aria-busy", "true");
    if (await sendAll()) submit((kept[keyOf(number)] ?? []).join());
  });
  back.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!busy) go(number - 1);
  });
  window.inPlace.turn = () => {
    const place = screens.findIndex((_, index) => addressOf(index + 1) === window.location.pathname + window.location.search);
    if (place < 0 || busy) return false;
    show(place + 1);
    return true;
  };
})();
