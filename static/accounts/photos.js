// Photos of the identity document: looked at, made smaller and sent as soon as they are chosen; what
// was read fills empty fields. Contract: templates/accounts/photo.html, photo_words.html.
(() => {
  const form = document.getElementById("step");
  const words = document.getElementById("photo-words")?.dataset;
  if (!form || !words || !window.createImageBitmap) return;
  const LONGEST = 1600; // pixels of what is sent; the worker reads at this size
  const LOOK = 1000; // pixels at which the checks below were set (accounts/documents/preflight.py)
  const SMALLEST = 500;
  const version = form.elements.namedItem("version");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const filled = new Map(); // field → what reading put there

  const drawn = (bitmap, side) => {
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return canvas;
  };

  const flawOf = (bitmap) => {
    if (Math.max(bitmap.width, bitmap.height) < SMALLEST) return "small";
    const canvas = drawn(bitmap, LOOK);
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const grey = new Float32Array(width * height);
    const levels = new Uint32Array(256);
    for (let i = 0; i < grey.length; i += 1) {
      grey[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
      levels[Math.floor(grey[i])] += 1;
    }
    let median = 0;
    for (let seen = 0; seen < grey.length / 2; median += 1) seen += levels[median];
    let burnt = 0;
    for (let level = 252; level < 256; level += 1) burnt += levels[level];
    let sum = 0;
    let squares = 0;
    for (let y = 1; y < height - 1; y += 1) {
      for (let x = 1; x < width - 1; x += 1) {
        const at = y * width + x;
        const bend = grey[at - 1] + grey[at + 1] + grey[at - width] + grey[at + width] - 4 * grey[at];
        sum += bend;
        squares += bend * bend;
      }
    }
    const many = (width - 2) * (height - 2);
    if (median < 55) return "dark";
    if (squares / many - (sum / many) ** 2 < 45) return "blur";
    if (burnt > 0.03 * grey.length && median < 238) return "glare";
    return isCut(grey, width, height) ? "edges" : "";
  };

  // Writing that runs into a border: part of the card lies outside the picture.
  const isCut = (grey, width, height) => {
    const steep = (x, y) => {
      const at = (dx, dy) => grey[(y + dy) * width + x + dx];
      const across = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
      const down = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
      return Math.abs(across) + Math.abs(down) > 240 ? 1 : 0;
    };
    const share = (long, spot) => {
      let marks = 0;
      for (let i = 1; i < long - 1; i += 1) marks += spot(i, 2) + spot(i, 3);
      return marks / (2 * long);
    };
    const sides = [
      share(width, (i, depth) => steep(i, depth)), share(width, (i, depth) => steep(i, height - 1 - depth)),
      share(height, (i, depth) => steep(depth, i)), share(height, (i, depth) => steep(width - 1 - depth, i)),
    ];
    return sides.some((each) => each > 0.08);
  };

  const region = (side) => document.getElementById(`photo-${side}`);
  const say = (side, text, ...more) => {
    const line = document.createElement("p");
    line.className = "warnmsg";
    line.append(text);
    region(side).replaceChildren(line, ...more);
  };

  // What was read goes into empty fields, or into those that an earlier photo filled.
  const place = (part) => {
    if (part.dataset?.version) version.value = part.dataset.version;
    for (const line of part.querySelectorAll?.("[data-read] > [data-field]") ?? []) {
      const name = line.dataset.field;
      const input = form.elements.namedItem(name);
      const box = document.getElementById(`div_id_${name}`);
      const plain = (text) => text.replace(/\s/g, "").toUpperCase();
      const now = input.type === "checkbox" ? (input.checked ? "yes" : "") : input.value;
      const isRead = now && filled.get(name) === now;
      let note = null;
      if (!line.dataset.value) {
        // A number whose check digit does not fit: one that was typed has been checked by its own.
        note = now ? null : line.querySelector("[data-doubt]");
      } else if (!now || isRead) {
        if (input.type === "checkbox") input.checked = true;
        else input.value = line.dataset.value;
        filled.set(name, line.dataset.value);
        box.querySelector(".src")?.remove();
        box.querySelector(".top-l")?.append(line.querySelector(".src"));
        note = line.querySelector("[data-doubt]");
      } else if (plain(now) !== plain(line.dataset.value)) {
        note = line.querySelector("[data-differs]");
      }
      box.querySelectorAll(".warnmsg, .okmsg").forEach((old) => old.remove());
      box.classList.toggle("field-check", Boolean(note));
      if (note) {
        note.id = `id_${name}_message`;
        box.append(note);
      }
      const joined = ["_source", "_helptext", "_error", "_message"].map((end) => `id_${name}${end}`);
      input.setAttribute("aria-describedby", joined.filter((id) => document.getElementById(id)).join(" "));
    }
    part.querySelector?.("[data-read]")?.remove();
  };
  form.addEventListener("htmx:load", (event) => place(event.detail.elt));

  const post = (url, blob, bar) =>
    new Promise((done, failed) => {
      const body = new FormData();
      body.append("photo", blob, "photo");
      body.append("version", version.value);
      const request = new XMLHttpRequest();
      request.open("POST", url);
      request.setRequestHeader("X-CSRFToken", token);
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
      };
      request.onload = () => {
        const ours = request.status === 200 || request.status === 422;
        if (ours && request.responseText.includes('id="photo-')) done(request.responseText);
        else failed(new Error("answer"));
      };
      request.onerror = () => failed(new Error("line"));
      request.send(body);
    });

  const deliver = async (box, input, blob) => {
    const { side } = box.dataset;
    const bar = document.createElement("progress");
    Object.assign(bar, { className: "pbar", max: 100, value: 0 });
    bar.setAttribute("aria-label", words.sending);
    region(side).replaceChildren(bar);
    try {
      const text = await post(box.dataset.url, blob, bar);
      region(side).outerHTML = text;
      const part = region(side);
      box.classList.toggle("field-bad", Boolean(part.querySelector(".err")));
      box.querySelectorAll(":scope > .err, :scope > .warnmsg").forEach((old) => old.remove());
      box.classList.remove("field-check");
      input.value = "";
      if (!part.querySelector(".err")) box.querySelector("details").open = false;
      place(part);
      window.htmx?.process(part);
    } catch {
      say(side, words.broken); // the file stays chosen and goes with the form
    }
  };

  const smaller = (bitmap) =>
    new Promise((done) => drawn(bitmap, LONGEST).toBlob(done, "image/jpeg", 0.88));

  let turn = Promise.resolve(); // one after the other, so that each knows the version before it
  const queue = (act) => (turn = turn.then(act, act));

  for (const box of form.querySelectorAll("[data-side]")) {
    const input = box.querySelector("input[type=file]");
    input.addEventListener("change", async () => {
      const file = input.files[0];
      if (!file) return;
      let bitmap = null;
      try {
        bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
      } catch {
        // no picture that this browser knows: the server says what it is
      }
      if (!bitmap) {
        if (file.size > Number(words.most)) say(box.dataset.side, words.large);
        else queue(() => deliver(box, input, file));
        return;
      }
      const flaw = flawOf(bitmap);
      const blob = (await smaller(bitmap)) ?? file;
      if (!flaw) {
        queue(() => deliver(box, input, blob));
        return;
      }
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "btn btn-3 btn-sm", textContent: words.anyway });
      button.onclick = () => queue(() => deliver(box, input, blob));
      say(box.dataset.side, words[flaw], ...(flaw === "small" ? [] : [button]));
    });
  }
})();
