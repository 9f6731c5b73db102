// Records one chapter with camera and microphone and sends it in pieces; goes on where a line broke.
// Contract: templates/components/recorder.html; the pieces: docs/files.md.
(() => {
  const form = document.getElementById("recorder");
  if (!form || !window.MediaRecorder || !navigator.mediaDevices) return;
  const [button, preview, note, bar, byFile] = ["record", "preview", "recorder-note", "recorder-progress", "by-file"].map(
    (id) => document.getElementById(id),
  );
  const words = form.dataset;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const TYPES = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];
  const TRIES = 6;
  button.hidden = false;
  byFile.open = false;

  const say = (text) => {
    note.textContent = text;
    note.hidden = !text;
  };
  const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
  const call = async (method, url, body, headers = {}) => {
    const answer = await fetch(url, {
      method, body, headers: { "X-CSRFToken": token, ...headers }, credentials: "same-origin",
    });
    const data = await answer.json();
    if (answer.status >= 500) throw new Error("server");
    return { ok: answer.ok, data };
  };
  const fields = (values) => new URLSearchParams(values);
  const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // A refused upload ends with the server's sentence; a broken line is tried again.
  class Refused extends Error {}
  const checked = ({ ok, data }) => {
    if (!ok) throw new Refused(data.detail);
    return data;
  };
  const patiently = async (act) => {
    for (let left = TRIES; ; left -= 1) {
      try {
        return await act();
      } catch (error) {
        if (error instanceof Refused || left === 1) throw error;
        await wait(TRIES - left + 1);
      }
    }
  };

  // What fits into one request goes in one. Sent again after a broken line, it is known by its digest.
  const put = (blob, digest) =>
    new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.open("PUT", form.action);
      const headers = { "X-CSRFToken": token, "Content-Digest": `sha-256=:${digest}:`, ...window.inPlace.ASKING };
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
      };
      request.onload = () => (request.status < 500 ? done(request) : failed(new Error("server")));
      request.onerror = () => failed(new Error("line"));
      request.send(blob);
    });
  const sendWhole = async (blob) => {
    bar.hidden = false;
    say(words.sending);
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
    const answer = await patiently(() => put(blob, btoa(String.fromCharCode(...sum))));
    if (!window.inPlace.take(answer.responseText, (name) => answer.getResponseHeader(name))) throw new Error("answer");
  };

  let state = null; // what an interrupted upload goes on with
  const send = async (blob) => {
    const begins = !state;
    state ??= checked(
      await patiently(() => call("POST", words.upload, fields({ purpose: words.purpose, owner: words.owner, size: blob.size }))),
    );
    const size = state.part_most;
    const parts = Math.ceil(blob.size / size);
    bar.hidden = false;
    say(words.sending);
    let number = begins ? state.next : (await patiently(() => call("GET", state.upload))).data.next;
    while (number < parts) {
      const piece = blob.slice(number * size, (number + 1) * size);
      const { ok, data } = await patiently(() => call("PUT", `${state.upload}${number}/`, piece));
      if (!ok && data.next === undefined) throw new Refused(data.detail);
      number = data.next;
      bar.value = (100 * Math.min(number * size, blob.size)) / blob.size;
    }
    const sha256 = hex(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
    const done = checked(await patiently(() => call("POST", state.finish, fields({ parts, sha256 }))));
    const kept = document.createElement("input");
    Object.assign(kept, { type: "hidden", name: "file", value: done.file });
    document.getElementById("video").remove();
    form.append(kept);
    form.submit();
  };

  const deliver = async (blob) => {
    button.disabled = true;
    try {
      await (blob.size <= Number(words.wholeMost ?? 0) ? sendWhole(blob) : send(blob));
    } catch (error) {
      button.disabled = false;
      button.textContent = words.again;
      button.onclick = () => deliver(blob);
      if (error instanceof Refused) state = null;
      say(error instanceof Refused && error.message ? error.message : words.failed);
    }
  };

  const record = async () => {
    button.disabled = true;
    say("");
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "user" }, audio: true,
      });
    } catch {
      button.disabled = false;
      byFile.open = true;
      say(words.denied);
      return;
    }
    preview.srcObject = stream;
    preview.hidden = false;
    await preview.play();
    const type = TYPES.find((one) => MediaRecorder.isTypeSupported(one));
    const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 400000 });
    const pieces = [];
    recorder.ondataavailable = (event) => pieces.push(event.data);
    recorder.onstop = () => {
      stream.getTracks().forEach((track) => track.stop());
      preview.hidden = true;
      preview.srcObject = null;
      deliver(new Blob(pieces, { type: type.split(";")[0] }));
    };
    recorder.start(500);
    button.textContent = words.stop;
    const stop = () => recorder.state === "recording" && recorder.stop();
    setTimeout(() => {
      button.disabled = false;
      button.onclick = stop;
    }, Number(words.least) * 1000);
    setTimeout(stop, Number(words.most) * 1000);
  };
  button.onclick = record;
})();
