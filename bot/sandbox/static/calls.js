// Draws the call that a phone is in over its screen, and sends back what is done with it.

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const NAMES = { "*": "star", "#": "hash" };

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function button(text, className, press) {
  const element = make("button", className, text);
  element.type = "button";
  element.addEventListener("click", press);
  return element;
}

// `act(path, body)` sends to this phone and shows what the sandbox refuses.
export function newCallView(element, phone, act) {
  const part = (selector) => element.querySelector(selector);
  const view = {
    call: part(".call"), who: part(".call-who"), how: part(".call-how"), heard: part(".heard"), pad: part(".pad"),
    speak: part(".speak"), acts: part(".call-acts"), dial: part(".dial"), phone, act, drawn: "", shown: "",
    closed: phone.call?.state === "ended" ? phone.call.id : "",
    now: null, at: 0, pace: 1,
  };
  const send = (path, body = {}) => act(path, body).catch(() => {});
  view.send = send;
  view.dial.setAttribute("aria-label", `Call the line as ${phone.name}`);
  view.dial.addEventListener("click", () => send("call"));
  view.heard.setAttribute("aria-label", `What ${phone.name} hears`);
  view.pad.replaceChildren(...KEYS.map((key) => {
    const each = button(key, "", () => send("call/press", { keys: key }));
    if (NAMES[key]) each.setAttribute("aria-label", NAMES[key]);
    return each;
  }));
  view.speak.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = view.speak.elements.words.value;
    if (!words.trim()) return;
    act("call/say", { words }).then(() => { view.speak.elements.words.value = ""; }, () => {});
  });
  return view;
}

export function drawCall(view, call, lines, pace) {
  const open = call !== null && view.closed !== call.id;
  view.call.hidden = !open;
  view.dial.hidden = !lines.find((line) => line.slug === view.phone.line)?.voice_number;
  view.dial.disabled = call !== null && call.state !== "ended";
  view.now = open ? call : null;
  if (!open) return;
  [view.at, view.pace] = [Date.now(), pace];
  const line = lines.find((each) => each.voice_number === call.display);
  const who = line ? `${line.name} · ${call.display}` : call.display;
  if (view.who.textContent !== who) view.who.textContent = who;
  view.call.dataset.state = call.state;
  tick(view);
  const looks = `${call.id}${call.state}${call.ignored}`;
  if (view.drawn !== looks) drawActs(view, call);
  view.drawn = looks;
  drawHeard(view, call);
}

export function tick(view) {
  const call = view.now;
  if (!call) return;
  const seconds = call.elapsed + (Date.now() - view.at) / 1000 / view.pace - (call.answered_at ?? 0);
  let words = "";
  if (call.state === "dialling") words = "Calling …";
  else if (call.state === "ringing") words = call.ignored ? "Rings without a sound" : "Rings";
  else if (call.state === "ended") words = `Ended: ${call.ending}`;
  else words = `${clock(seconds)}${call.connected ? " · connected" : ""}${call.mailbox ? " · the mailbox answers" : ""}`;
  if (view.how.textContent !== words) view.how.textContent = words;
}

function drawActs(view, call) {
  const { send } = view;
  const talking = call.state === "talking" && !call.mailbox;
  view.pad.hidden = !talking;
  view.speak.hidden = !talking;
  let acts = [button("Hang up", "stop", () => send("call/hangup"))];
  if (call.state === "ringing") {
    acts = [
      button("Answer", "main", () => send("call/answer")),
      button("Decline", "stop", () => send("call/decline")),
      button("Mailbox", "", () => send("call/mailbox")),
    ];
    if (!call.ignored) acts.push(button("Ignore", "", () => send("call/ignore")));
  }
  if (call.state === "ended") {
    acts = [button("Close", "", () => { view.closed = call.id; view.call.hidden = true; view.now = null; view.dial.focus(); })];
  }
  view.acts.replaceChildren(...acts);
}

function drawHeard(view, call) {
  const looks = `${call.id}${call.heard.length}${call.heard.at(-1)?.at}`;
  if (view.shown === looks) return;
  view.shown = looks;
  view.heard.replaceChildren(...call.heard.map((heard) => {
    const item = make("li");
    item.dataset.kind = heard.kind;
    const at = heard.at - (call.answered_at ?? 0);
    item.append(make("time", "", clock(Math.max(0, at))), make("span", "", spelled(heard)));
    if (heard.language) item.lastChild.lang = heard.language;
    return item;
  }));
  view.heard.scrollTop = view.heard.scrollHeight;
}

function spelled(heard) {
  if (heard.kind === "played") return `♪ ${heard.words.split("/").at(-1)}`;
  if (heard.kind === "music") return "♪ music";
  if (heard.kind === "keys") return `pressed ${heard.words}`;
  if (heard.kind === "voice") return `“${heard.words}”`;
  return heard.words;
}
