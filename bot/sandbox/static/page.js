// Draws the phones from api/state and sends back what is done on them. No library, nothing from outside.

import { drawCall, newCallView, tick } from "./calls.js";

const find = (id) => document.getElementById(id);
const shown = new Map();
let state = null;
let zone = "Europe/Copenhagen";
let clockSkew = 0;

async function ask(path, body) {
  const options = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  const answer = await fetch(`api/${path}`, options);
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error || `the sandbox answered ${answer.status}`);
  return found;
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

const clockTime = (iso) => new Date(iso).toLocaleTimeString("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
const dayOf = (iso) => new Date(iso).toLocaleDateString("en-GB", { timeZone: zone, weekday: "short", day: "numeric", month: "short" });

// --- one phone -----------------------------------------------------------------------------------------------

function newPhone(phone) {
  const element = find("phone-template").content.firstElementChild.cloneNode(true);
  const part = (selector) => element.querySelector(selector);
  const view = {
    element, screen: part(".screen"), keys: part(".keys"), popup: part(".popup"), composer: part(".composer"),
    starter: part(".starter"), text: part("textarea"), fault: element.querySelector(":scope > .fault"), sheet: part(".sheet"),
    bubbles: new Map(), popups: phone.popups, drawn: "", count: 0,
  };
  element.id = `phone-${phone.id}`;
  element.dataset.channel = phone.channel;
  element.dataset.role = phone.role;
  element.setAttribute("aria-labelledby", `name-${phone.id}`);
  part("h2").id = `name-${phone.id}`;
  part("h2").textContent = phone.name;
  part(".badge").textContent = phone.role === "staff" ? "Staff" : "Reporter";
  view.screen.setAttribute("aria-label", `Messages of ${phone.name}`);
  view.text.setAttribute("aria-label", `Write as ${phone.name}`);
  view.text.placeholder = phone.role === "staff" ? "Fx K7M2 JA" : "Skriv en besked";
  wire(view, phone);
  view.calling = newCallView(element, phone, (path, body) => act(view, `phones/${phone.id}/${path}`, body));
  find("phones").append(element);
  return view;
}

function act(view, path, body) {
  view.fault.textContent = "";
  return ask(path, body).catch((error) => { view.fault.textContent = error.message; throw error; });
}

function wire(view, phone) {
  const base = `phones/${phone.id}`;
  const grow = () => {
    view.text.style.height = "auto";
    if (view.text.value) view.text.style.height = `${view.text.scrollHeight + 2}px`;
    view.composer.classList.toggle("ready", view.text.value.trim() !== "");
  };
  view.grow = grow;
  view.text.addEventListener("input", grow);
  view.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      view.composer.requestSubmit();
    }
  });
  view.composer.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = view.text.value;
    if (!text.trim()) return;
    act(view, `${base}/text`, { text }).then(() => { view.text.value = ""; grow(); }, () => view.text.focus());
  });
  view.starter.addEventListener("submit", (event) => {
    event.preventDefault();
    const payload = view.starter.elements.payload.value.trim().replace(/^.*[?&]start=/, "").replace(/^\/start\s*/, "");
    act(view, `${base}/start`, { payload }).catch(() => {});
  });
  const picture = view.composer.querySelector("input[type=file]");
  picture.addEventListener("change", async () => {
    const [file] = picture.files;
    picture.value = "";
    if (!file) return;
    const caption = view.text.value.trim();
    const data = await base64(file);
    act(view, `${base}/photo`, { data, caption }).then(() => { view.text.value = ""; grow(); }, () => {});
  });
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

function drawPhone(view, phone) {
  const atEnd = view.screen.scrollHeight - view.screen.scrollTop - view.screen.clientHeight < 60;
  drawMessages(view, phone);
  if (atEnd || phone.messages.at(-1)?.mine) view.screen.scrollTop = view.screen.scrollHeight;
  const waiting = phone.channel === "telegram" && (!phone.started || phone.blocked);
  view.starter.hidden = !waiting;
  view.composer.hidden = waiting;
  view.starter.querySelector("p").textContent = phone.blocked
    ? "The bot is blocked on this phone." : "The chat is not open yet.";
  view.starter.elements.payload.hidden = phone.blocked;
  view.starter.querySelector("button").textContent = phone.blocked ? "Unblock and start" : "Start";
  const about = phone.channel === "sms" ? phone.address : `Telegram · ${phone.address}`;
  view.element.querySelector(".address").textContent = phone.kind === "mobile" ? about : `${about} · ${phone.kind}`;
  drawKeys(view, phone);
  drawSheet(view, phone);
  drawCall(view.calling, phone.call, state.lines, state.call_pace);
  if (phone.popups > view.popups) showPopup(view, phone.popup);
  view.popups = phone.popups;
}

function drawMessages(view, phone) {
  const kept = new Set();
  view.screen.querySelector(".nothing")?.remove();
  for (const message of phone.messages) {
    const name = `${message.ref}${message.mine}`;
    const looks = JSON.stringify(message);
    kept.add(name);
    const old = view.bubbles.get(name);
    if (old?.looks === looks) continue;
    const element = bubble(view, phone, message);
    if (old) old.element.replaceWith(element); else view.screen.append(element);
    view.bubbles.set(name, { looks, element });
  }
  for (const [name, old] of view.bubbles) if (!kept.has(name)) { old.element.remove(); view.bubbles.delete(name); }
  if (!phone.messages.length) view.screen.append(make("li", "nothing", "Nothing here yet"));
}

function bubble(view, phone, message) {
  const item = make("li", "bubble");
  item.classList.toggle("mine", message.mine);
  item.classList.toggle("gone", message.gone);
  item.classList.toggle("provider", message.provider);
  for (const media of message.media) item.append(mediaElement(view, media));
  const words = make("div", "words");
  if (message.gone) words.textContent = "This message was deleted";
  else styled(words, message.text, message.entities);
  if (words.textContent) item.append(words);
  if (message.buttons.length) item.append(buttons(view, phone, message));
  item.append(meta(message));
  return item;
}

function mediaElement(view, media) {
  const address = `api/media/${media.name}`;
  if (media.kind === "photo") {
    const image = make("img");
    image.src = address;
    image.alt = "A picture";
    image.addEventListener("load", () => { view.screen.scrollTop = view.screen.scrollHeight; });
    return image;
  }
  if (media.kind === "voice") {
    const sound = make("audio");
    sound.src = address;
    sound.controls = true;
    return sound;
  }
  const link = make("a", "", "Document");
  link.href = address;
  link.download = "document";
  return link;
}

const STYLES = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "code", blockquote: "q" };

function styled(into, text, entities) {
  const cuts = new Set([0, text.length]);
  for (const e of entities) { cuts.add(e.offset); cuts.add(Math.min(e.offset + e.length, text.length)); }
  const places = [...cuts].sort((a, b) => a - b);
  for (let n = 0; n + 1 < places.length; n += 1) {
    const [from, to] = [places[n], places[n + 1]];
    let node = document.createTextNode(text.slice(from, to));
    for (const e of entities) {
      if (STYLES[e.type] && e.offset <= from && to <= e.offset + e.length) {
        const outer = make(STYLES[e.type]);
        outer.append(node);
        node = outer;
      }
    }
    into.append(node);
  }
}

function buttons(view, phone, message) {
  const block = make("div", "buttons");
  for (const row of message.buttons) {
    const line = make("div");
    for (const each of row) {
      const button = make("button", "", each.text);
      button.type = "button";
      if (message.asking) button.setAttribute("aria-busy", "true");
      button.disabled = !each.callback_data || phone.blocked;
      button.addEventListener("click", () => {
        act(view, `phones/${phone.id}/press`, { button: each.callback_data, message: message.ref }).catch(() => {});
      });
      line.append(button);
    }
    block.append(line);
  }
  return block;
}

function meta(message) {
  const parts = [clockTime(message.service_at)];
  if (message.edited) parts.push("edited");
  if (message.provider) parts.push("from the network");
  if (!message.mine && message.segments > 1) parts.push(`${message.segments} SMS`);
  const lost = message.mine && message.state.startsWith("not taken");
  if (message.mine) parts.push(message.state === "taken" ? "✓" : message.state === "" ? "…" : message.state);
  const element = make("span", lost ? "meta lost" : "meta", parts.join(" · "));
  if (message.mine && message.state === "taken") element.setAttribute("aria-label", `${parts[0]}, the line has it`);
  return element;
}

function drawKeys(view, phone) {
  const looks = JSON.stringify([phone.keys, phone.started, phone.blocked]);
  if (view.drawn === looks) return;
  view.drawn = looks;
  view.keys.replaceChildren(...phone.keys.map((key) => {
    const button = make("button", "", key.text);
    button.type = "button";
    button.addEventListener("click", () => {
      const call = key.request_contact ? ["contact", {}] : ["text", { text: key.text }];
      act(view, `phones/${phone.id}/${call[0]}`, call[1]).catch(() => {});
    });
    return button;
  }));
}

const KINDS = { mobile: "a mobile phone", landline: "a landline: no texts", unreachable: "out of reach", failing: "a failing number", mailbox: "nobody reads it", busy: "in another call" };

function drawSheet(view, phone) {
  const looks = `${phone.blocked}${phone.started}${phone.kind}`;
  if (view.sheet.dataset.looks === looks) return;
  view.sheet.dataset.looks = looks;
  if (phone.channel === "telegram") {
    const button = make("button", "", phone.blocked ? "Unblock the bot" : "Block the bot");
    button.type = "button";
    button.disabled = !phone.started;
    button.addEventListener("click", () => {
      act(view, `phones/${phone.id}/block`, { blocked: !phone.blocked }).catch(() => {});
      view.sheet.parentElement.open = false;
    });
    view.sheet.replaceChildren(button);
    return;
  }
  const label = make("label", "", "The network sees");
  const choice = make("select");
  for (const [value, words] of Object.entries(KINDS)) {
    const option = make("option", "", words);
    option.value = value;
    choice.append(option);
  }
  choice.value = phone.kind;
  choice.addEventListener("change", () => { act(view, `phones/${phone.id}/kind`, { kind: choice.value }).catch(() => {}); });
  label.append(choice);
  view.sheet.replaceChildren(label);
}

function showPopup(view, text) {
  view.popup.textContent = text;
  view.popup.classList.add("open");
  clearTimeout(view.closing);
  view.closing = setTimeout(() => view.popup.classList.remove("open"), 5000);
}

// --- the rest of the page ------------------------------------------------------------------------------------

function drawChips() {
  const chips = state.phones.map((phone) => {
    const view = shown.get(phone.id);
    const link = make("a", "", phone.name);
    link.href = `#phone-${phone.id}`;
    const received = phone.messages.filter((message) => !message.mine).length;
    if (view.visible) view.count = received;
    if (phone.call?.state === "ringing") { link.className = "new"; link.setAttribute("aria-label", `${phone.name}, rings`); }
    else if (received > view.count) { link.className = "new"; link.setAttribute("aria-label", `${phone.name}, new messages`); }
    if (view.visible) link.setAttribute("aria-current", "true");
    link.addEventListener("click", (event) => {
      event.preventDefault();
      view.element.scrollIntoView({ behavior: "smooth", block: "nearest", inline: "start" });
    });
    return link;
  });
  const log = make("a", "", "Log");
  log.href = "#log";
  find("chips").replaceChildren(...chips, log);
}

const eyes = new IntersectionObserver((seen) => {
  for (const entry of seen) {
    for (const view of shown.values()) if (view.element === entry.target) view.visible = entry.intersectionRatio > 0.5;
  }
  if (state) drawChips();
}, { root: find("phones"), threshold: [0.4, 0.6] });

let lastEntry = 0;
function drawLog() {
  const list = find("entries");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  for (const entry of state.log) {
    if (entry.n <= lastEntry) continue;
    lastEntry = entry.n;
    const item = make("li", entry.role);
    if (entry.verb === "clock") {
      item.className = "turn";
      item.textContent = `Clock ${entry.text}: ${dayOf(entry.service_at)}, ${clockTime(entry.service_at)}`;
    } else {
      item.append(make("time", "", clockTime(entry.service_at)));
      const head = make("span");
      head.append(make("b", "", entry.who || "The network"), ` ${entry.verb}`);
      item.append(head);
      if (entry.text) item.append(make("span", "says", entry.text));
    }
    list.append(item);
  }
  while (list.children.length > 300) list.firstElementChild.remove();
  if (!list.children.length) list.append(make("li", "turn", "Nothing has happened yet"));
  else if (lastEntry && list.firstElementChild.textContent === "Nothing has happened yet") list.firstElementChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function drawClock() {
  if (!state) return;
  const now = new Date(Date.now() + clockSkew).toISOString();
  const words = `${dayOf(now)}, ${clockTime(now)}`;
  if (find("now").textContent !== words) find("now").textContent = words;
  const minutes = Math.round(state.clock.offset_s / 60);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  const parts = [[days, "d"], [hours, "h"], [minutes % 60, "min"]].filter(([n]) => n).map(([n, unit]) => `${n} ${unit}`);
  find("ahead").textContent = minutes ? `${parts.join(" ")} ahead of real time` : "";
}

const STORM = { rate_limited: 0.1, server_error: 0.08, drop_after: 0.07, double_webhooks: 0.25, reorder_webhooks: 0.15 };
const stormy = () => Object.keys(STORM).some((name) => state.chaos[name] > 0);

function drawSwitches() {
  find("unkind").setAttribute("aria-checked", String(state.chaos.unkind));
  find("storm").setAttribute("aria-checked", String(stormy()));
}

const wrote = (phone) => phone.messages.some((message) => message.mine && !message.text.startsWith("/start"));

// The one thing to do next, in words. A telephone that rings does not wait, so it comes first.
function hint(first, begun) {
  const rings = state.phones.find((phone) => phone.call?.state === "ringing" && !phone.call.ignored);
  if (rings) return `“${rings.name}” rings: press Answer there, or see who is rung when nobody does.`;
  const asked = (phone) => phone.call?.state === "talking" && phone.call.incoming && !phone.call.connected && !phone.call.mailbox;
  const called = state.phones.find((phone) => phone.role === "staff" && asked(phone));
  if (called) return `“${called.name}” has picked up: 1 talks with the caller, 2 passes the call on.`;
  const voice = state.lines.some((line) => line.voice_number) ? ", or call the line" : "";
  if (first && !begun) return `Try this: press Send on “${first.name}”${voice}. See who hears of it.`;
  const chosen = state.phones.find((phone) => phone.role === "staff" && phone.messages.some((m) => m.buttons.length));
  if (chosen) return `Now be staff: press a button on “${chosen.name}”. Or move the clock.`;
  return begun ? "The line has it. Move the clock to see what happens when nobody answers." : "";
}

function drawHint() {
  const first = state.phones.find((phone) => phone.role === "reporter" && phone.channel === "sms");
  const begun = state.phones.some((phone) => wrote(phone) || phone.call !== null);
  const words = hint(first, begun);
  if (find("hint").textContent !== words) find("hint").textContent = words;
  for (const phone of state.phones) shown.get(phone.id).composer.classList.toggle("first", phone === first && !begun);
}

function prefill() {
  const first = state.phones.find((phone) => phone.role === "reporter" && phone.channel === "sms");
  if (!first || first.messages.length) return;
  const view = shown.get(first.id);
  view.text.value = state.example;
  view.grow();
}

let links = "";
function drawLinks() {
  if (links === JSON.stringify(state.links)) return;
  links = JSON.stringify(state.links);
  find("links").replaceChildren(...state.links.map((each) => {
    const link = make("a", "", each.label);
    link.href = each.url;
    return link;
  }));
}

async function refresh() {
  const fresh = await ask("state");
  const begin = state === null;
  state = fresh;
  zone = state.clock.timezone;
  clockSkew = new Date(state.clock.now).getTime() - Date.now();
  for (const phone of state.phones) {
    if (!shown.has(phone.id)) {
      shown.set(phone.id, newPhone(phone));
      eyes.observe(shown.get(phone.id).element);
    }
    drawPhone(shown.get(phone.id), phone);
  }
  if (begin) prefill();
  drawChips(); drawLog(); drawClock(); drawSwitches(); drawHint(); drawLinks();
}

let busy = false;
let again = false;
async function follow() {
  if (busy) { again = true; return; }
  busy = true;
  do { again = false; await refresh().catch(() => lost()); } while (again);
  busy = false;
}

function lost() {
  find("hint").textContent = "The sandbox does not answer. It is tried again.";
}

function listen() {
  const events = new EventSource("api/events");
  events.onmessage = follow;
  events.onerror = lost;
}

// --- clock, weather, a new phone -----------------------------------------------------------------------------

for (const button of document.querySelectorAll(".steps button")) {
  button.addEventListener("click", () => {
    const step = button.dataset.by ? { by: button.dataset.by } : { to: button.dataset.to };
    ask("clock", step).then(follow, (error) => { find("hint").textContent = error.message; });
  });
}
find("unkind").addEventListener("click", () => ask("chaos", { unkind: !state.chaos.unkind }).then(follow));
find("storm").addEventListener("click", () => {
  const calm = Object.fromEntries(Object.keys(STORM).map((name) => [name, 0]));
  ask("chaos", stormy() ? calm : STORM).then(follow);
});

const form = find("adding-form");
function freeAddress() {
  const taken = new Set(state.phones.map((phone) => phone.address));
  const telegram = form.elements.channel.value === "telegram";
  for (let n = 1; ; n += 1) {
    const address = telegram ? String(700900 + n) : `+45525019${String(n).padStart(2, "0")}`;
    if (!taken.has(address)) return address;
  }
}
function readdress() {
  const telegram = form.elements.channel.value === "telegram";
  form.elements.address.value = freeAddress();
  find("address-label").textContent = telegram ? "User id" : "Number";
  form.elements.kind.parentElement.hidden = telegram;
}
find("add").addEventListener("click", () => {
  form.elements.line.replaceChildren(...state.lines.map((line) => {
    const option = make("option", "", line.name);
    option.value = line.slug;
    return option;
  }));
  find("adding-fault").textContent = "";
  readdress();
  find("adding").showModal();
});
for (const radio of form.elements.channel) radio.addEventListener("change", readdress);
find("adding-cancel").addEventListener("click", () => find("adding").close());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, line, role, channel, address, kind } = Object.fromEntries(new FormData(form));
  const wanted = { name, line, role, channel, address };
  if (channel === "sms") wanted.kind = kind;
  ask("phones", wanted).then(
    (phone) => { find("adding").close(); return follow().then(() => shown.get(phone.id)?.text.focus()); },
    (error) => { find("adding-fault").textContent = error.message; },
  );
});

setInterval(drawClock, 1000);
setInterval(() => { for (const view of shown.values()) tick(view.calling); }, 500);
follow().then(listen);
