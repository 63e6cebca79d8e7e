// The console: polls a room once a second, and shows what changed.

const $ = (id) => document.getElementById(id);
const [setup, words] = ["setup", "words"].map((id) => JSON.parse($(id).textContent));
const verbs = new Map(setup.verbs.map((verb) => [verb.name, verb]));
const named = encodeURIComponent(setup.room), api = `api/rooms/${named}`;

const EVERY = 1e3, HIDDEN = 15e3, OLD = 3e3, PATIENCE = 5e3, LONGEST_PRESS = 9e3;
const REPLY = 10e3, FAILED = 30e3, LINGER = 4e3, SLICE = 10;

const room = { version: null }; // as the server shows it
const rows = new Map(); // call id -> row
let clock = { at: 0, got: -Infinity }; // the server's, and when it came
let trouble = null; // of the last poll

// Text and time

const clean = (text) =>
  String(text ?? "").replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, "\ufffd");
const put = (node, name, value) => node[name] === value || (node[name] = value);
const write = (node, text) => put(node, "textContent", text);
const show = (node, yes) => put(node, "hidden", !yes);
const copy = (id) => $(id).content.firstElementChild.cloneNode(true);
const plural = (n, one) => `${n} ${one}${n === 1 ? "" : "s"}`;
const bare = (text) => text.toLowerCase().replace(/[\s().-]/g, "");
const present = () =>
  [...rows.values()].filter((row) => !row.gone).sort((a, b) => a.p.member - b.p.member);
const isPointed = () => since(pointed) < 2e3;
const where = ({ p, gone }) =>
  !gone && p && (p.waits_in ? "waits" : p.status === "joined" && "joined");
const nameOf = ({ label, number, member }) =>
  clean(label || (/\d/.test(number) ? number : `${number || "caller"} ${member}`));

const tock = () => performance.now();
const since = (at) => tock() - at;
const now = () => clock.at + since(clock.got);
const isOld = () => since(clock.got) > OLD;
const quietly = (work) => work().catch(() => {});
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const [hours, seconds] = ["short", "medium"].map((timeStyle) =>
  new Intl.DateTimeFormat("en-GB", { timeStyle }));
const lasting = (ms) => // 3:12, or 1:03:12
  new Date(Math.max(0, ms) || 0).toISOString().slice(ms < 36e5 ? 14 : 11, 19).replace(/^0/, "");

async function inSlices(items, work) {
  let began = tock();
  for (const item of items) {
    work(item);
    if (since(began) > SLICE) began = (await sleep(0), tock());
  }
}

async function fill(list, template, items, work) {
  await inSlices(items.entries(), ([n, item]) =>
    work(list.children[n] ?? list.appendChild(copy(template)), item));
  while (list.children.length > items.length) list.lastChild.remove();
}

// Requests

async function request(path, options, patience = PATIENCE) {
  const signal = AbortSignal.timeout(patience);
  const answer = await fetch(path, { cache: "no-store", signal, ...options });
  const body = await answer.json().catch(() => null);
  if (answer.ok && body) return body;
  const detail = body?.detail ?? `status ${answer.status}`;
  throw Object.assign(new Error(detail), { status: answer.ok ? 0 : answer.status });
}

// One press is one request, of one key.
async function send(verb, values) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": setup.csrf,
    "Idempotency-Key": crypto.getRandomValues(new Uint32Array(4)).join("-") };
  const options = { method: "POST", body: JSON.stringify(values), headers };
  for (let tries = 1; ; tries++) {
    try {
      return await request(`${api}/actions/${verb.name}?wait=1`, options, LONGEST_PRESS);
    } catch (error) {
      if (error.status) throw error;
      if (tries === 4) throw new Error(words.lost);
      await sleep(500 * tries);
    }
  }
}

// Polling

let wake = () => {}, waiting = []; // for the end of the next poll
const poll = () => new Promise((resolve) => (waiting.push(resolve), wake()));

async function follow() {
  for (let failed = 0; ; ) {
    const began = tock(), served = waiting.splice(0);
    try {
      await take(await request(room.version === null ? api : `${api}?since=${room.version}`));
      await followDials();
      failed = 0;
      trouble = null;
      tick();
    } catch (error) {
      failed++;
      trouble = error;
    }
    served.forEach((resolve) => resolve());
    const slow = document.hidden || trouble?.status === 401;
    const again = failed ? Math.min(250 * 2 ** failed, 2000) : EVERY - since(began);
    const pause = new Promise((resolve) => (wake = resolve));
    if (!waiting.length) await Promise.race([pause, sleep(slow ? HIDDEN : again)]);
  }
}

async function take({ version, participants = [], left = [], ...fields }) {
  const first = room.version === null, whole = fields.since == null;
  clock = { at: Date.parse(fields.at), got: tock() };
  Object.assign(room, fields);
  const staying = new Set(participants.map((p) => p.call_control_id));
  for (const call of whole ? rows.keys() : left) if (!staying.has(call)) depart(rows.get(call));
  await inSlices(participants, (p) => arrive(p, first));
  room.version = version;
  showRoom();
}

function arrive(p, first) {
  const row = rows.get(p.call_control_id) ?? addRow(p.call_control_id), was = where(row);
  if (row.p && stateOf(row.p) !== stateOf(p) && !row.pending.size) reply(row, "");
  Object.assign(row, { p, gone: 0, name: nameOf(p) });
  row.key = bare(`#${p.member} ${row.name} ${p.number}`);
  if (!first && where(row) !== was) move(row, where(row));
  showRow(row);
}

function depart(row) {
  if (!row || row.gone) return;
  if (where(row)) move(row, "left");
  row.gone = tock();
  showRow(row);
}

// Rows

function addRow(call) {
  const row = targetOf(copy("row"), { call, only: { participants: [call] } });
  rows.set(call, row);
  return row;
}

// Puts a row in its place, unless the pointer moves over the rows.
function place(row) {
  const { el, p } = row, list = $(p.waits_in ? "outside" : "list"), next = el.nextElementSibling;
  if (el.parentNode && (isPointed() || (el.parentNode === list && el.value === p.member))) return;
  if (el.matches(":focus-within"))
    (next?.querySelector("button:not([hidden])") ?? $("list")).focus();
  el.value = p.member;
  list.insertBefore(el, [...list.children].find((each) => each.value > p.member));
  showButtons(row);
}

function removeRow({ call, el }) {
  if (el.matches(":focus-within")) $("list").focus();
  rows.delete(call);
  el.remove();
}

function stateOf(p) {
  return [
    p.queue && !p.waits_in ? `in the queue ${clean(p.queue.name)}`
      : p.status !== "joined" && (words["on the way"][p.waits_in ?? p.status] ?? p.status),
    p.hand && `hand ${p.hand}`,
    p.muted && (words.muted[p.mute_reason] ?? "muted"),
    p.on_hold && (words.held[p.hold_reason] ?? "on hold"),
    p.recording && "recorded",
  ].filter(Boolean).join(", ");
}

function showRow(row) {
  const { p, part, el, gone, name } = row, coming = p.status !== "joined";
  const is = { gone, coming, speaking: p.speaking, muted: p.muted, held: p.on_hold };
  write(part.member, `${p.member ?? ""}`);
  write(part.name, name);
  put(part.name, "title", name);
  write(part.number, p.label ? clean(p.number) : "");
  write(part.role, p.role === "participant" ? "" : p.role);
  write(part.state, !gone ? stateOf(p) : words[p.joined_at ? "left" : "absent"]);
  write(part.since, `since ${hours.format(Date.parse(p.joined_at ?? p.since))}`);
  put(el, "className", Object.keys(is).filter((what) => is[what]).join(" "));
  place(row);
  showSilence(row);
  showButtons(row);
}

function showSilence(row) {
  const { p } = row, [how, at] = p.waits_in ? ["waits", p.since] : ["quiet", p.spoke_at ?? p.joined_at];
  const text = p.speaking ? "speaking" : `${how} ${lasting(now() - Date.parse(at))}`;
  write(row.part.silence, where(row) ? text : "");
}

const filter = ({ el, key }) =>
  show(el, $("find").hidden || key.includes(bare($("search").value)));

// Buttons. A target is a row, the room or a dialled call.

const hall = targetOf($("hall"), { p: room, name: "" });
const works = ({ texml, when }, p) =>
  (room.front !== "texml" || texml) && (!when || when.includes(p[when[0]], 1));
const isOn = ({ field, value = true }, p) => p[field] === value;

function targetOf(el, fields) {
  const target = { el, part: {}, pending: new Map(), ...fields };
  for (const node of el.querySelectorAll("[data-part]")) target.part[node.dataset.part] = node;
  target.buttons = Array.from(el.querySelectorAll("[data-verb]"), (el) => {
    const verb = { ...verbs.get(el.dataset.verb), ...el.dataset };
    el.onclick = () => click(target, verb, el);
    return { el, verb };
  });
  target.part.undo.onclick = () => target.again();
  return target;
}

function showButtons(target) {
  for (const { el, verb } of target.buttons) {
    const on = isOn(verb, target.p);
    const { name, back } = verb, doing = target.pending.get(name) ?? target.pending.get(back);
    write(el.firstChild, doing && !verb.gives ? `${doing}…` : (on && verbs.get(back) || verb).press);
    write(el.lastChild, target.call ? ` ${target.name}` : spared(verb));
    show(el, works(verb, target.p) || el.matches(":focus"));
    if (verb.field) put(el, "ariaPressed", `${on}`);
    put(el, "ariaDisabled", doing || target.gone ? "true" : null);
  }
}

function spared({ spares, first }) {
  const [field, value] = first ?? ["role", spares];
  const found = present().filter(({ p }) => p[field] === value);
  return !found.length ? "" : first ? ` ${found[0].name}` : ` but ${plural(found.length, spares)}`;
}

function click(target, verb, el) {
  if (!verb.name) return openSheet(target, more(target), target.name || "The whole room");
  const { back, gives, tick, value } = verb, on = isOn(verb, target.p);
  const own = verbs.get(verb.by), row = own && present().find(({ p }) => works(own, p));
  if (row) return row.pending.size || press(row, own, {});
  const next = on && verbs.get(back) || verb;
  if (next.asks) return openSheet(target, [next], `${next.press} ${target.name}`);
  const ticked = tick && el.nextElementSibling.control.checked;
  press(target, next, gives ? { [gives]: value ?? !on } : ticked ? { [tick]: true } : {});
}

// Returns the error, or null.
async function press(target, verb, body) {
  const { next } = room;
  let error = null, text = verb.done + spared(verb);
  if (body[verb.tick]) text += `; ${verb.tick} too`;
  target.pending.set(verb.name, verb.doing);
  reply(target, "");
  showButtons(target);
  try {
    const { id, commands, answers, repeated } = await send(verb, { ...body, ...target.only });
    if (repeated || (commands.length && !answers.length)) text = words.late;
    if (verb.name === "dial") addDial(id, body, next);
  } catch (caught) {
    [error, text] = [caught, caught.message];
  }
  await poll();
  target.pending.delete(verb.name);
  const back = !error && verb.undo && (() => press(target, verbs.get(verb.undo), {}));
  reply(target, text, error ? FAILED : REPLY, back);
  target.part.said.classList.toggle("error", error);
  showButtons(target);
  news.push(`${error ? `${verb.press} ${target.name}`.trim() + ":" : target.name} ${text}`);
  return error;
}

// Shows a text for a while, and Undo or Dial again.
function reply(target, text, lasts = Infinity, again = null) {
  const { said, undo } = target.part;
  Object.assign(target, { again, until: tock() + lasts });
  write(said, clean(text));
  put(said, "title", said.textContent);
  if (!again && undo.matches(":focus")) (target.buttons[0]?.el ?? $("list")).focus();
  show(undo, again);
  put(undo, "ariaLabel", `${undo.textContent}: ${target.name} ${text}`);
}

// Forms

function more({ call, p }) {
  const of = call ? "participants" : "room";
  return setup.verbs.filter((verb) => [of, "either"].includes(verb.of)
    && works(verb, p) && (verb.place !== of || verb.more));
}

function openSheet(target, offered, title) {
  const forms = offered.map((verb) => formOf(target, verb));
  write($("sheet-title"), title);
  forms[0].open = forms.length === 1;
  $("sheet-body").replaceChildren(...forms);
  $("sheet").showModal();
  if (forms[0].open && !offered[0].danger) forms[0].lastElementChild.elements[0].focus();
}

function formOf(target, verb) {
  const el = copy(`form-${verb.name}`), form = el.lastElementChild;
  const submit = form.lastElementChild, error = submit.previousElementSibling;
  for (const field of form.elements) {
    if (field.multiple) for (const row of present()) field.add(new Option(row.name, row.call));
    else if (typeof target.p[field.name] === "string") field.value = target.p[field.name];
  }
  if (target.name) submit.append(` ${verb.to ?? ""} ${target.name}`);
  form.onsubmit = async (event) => {
    event.preventDefault();
    write(error, "");
    submit.ariaDisabled = true;
    const given = [...form.elements].filter(({ name, value, dataset }) =>
      name && (value || "required" in dataset));
    const values = Object.fromEntries(given.map((el) => [el.name, valueOf(el)]));
    const failed = await press(target, verb, values);
    submit.ariaDisabled = null;
    if (failed) write(error, clean(failed.message));
    else if (form.isConnected) $("sheet").close();
  };
  return el;
}

function valueOf(el) {
  if (el.multiple) return Array.from(el.selectedOptions, (each) => each.value);
  try {
    return "json" in el.dataset ? JSON.parse(el.value) : el.value;
  } catch {
    return el.value; // the server says why not
  }
}

// The room

function showRoom() {
  const here = present().filter(({ p }) => !p.waits_in).length;
  const speaker = rows.get(room.speaker);
  for (const id of ["summary", "reason", "called", "hands"])
    write($(id), [room[id]].flat().map((is) => rows.get(is)?.name ?? clean(is)).join(", "));
  write($("speaker"), speaker ? `${speaker.p.member} ${speaker.name}` : "nobody");
  put($("floor"), "className", speaker ? "on" : "");
  write($("count"), `${here} here`);
  document.title = `${setup.room} (${here})`;
  for (const el of document.querySelectorAll("[data-while]")) {
    const is = room[el.dataset.while];
    show(el, is?.length ?? is);
  }
  show($("find"), rows.size > 15 || $("search").value);
  rows.forEach(filter);
  showButtons(hall);
}

async function showRooms() {
  await fill($("rooms"), "tab", (await request("api/rooms")).rooms, (link, { name, summary }) => {
    put(link, "search", `?room=${encodeURIComponent(name)}`);
    put(link, "ariaCurrent", name === setup.room ? "page" : "false");
    write(link, `${name}: ${summary}`);
  });
}

// Dialled calls

const dials = new Map(); // request id -> the call
let heard = 0; // number of the last event

function addDial(id, body, next) {
  const name = clean([body.label, body.to].filter(Boolean).join(", "));
  const dial = targetOf(copy("dialled"), { id, body, name });
  write(dial.part.name, name);
  if (!dials.size) heard = next;
  dials.set(id, dial);
  $("dials").append(dial.el);
  reply(dial, words.rings, 2 * FAILED + 1000 * (body.timeout_secs ?? 0));
}

function endDial(dial, how) {
  const failed = how !== "answered";
  dial.over = true;
  reply(dial, how, failed ? FAILED : LINGER, failed &&
    (() => (removeDial(dial), press(hall, verbs.get("dial"), dial.body))));
  news.push(`${dial.name}: ${how}`);
}

const removeDial = ({ id, el }) => (el.remove(), dials.delete(id));

async function followDials() {
  if ([...dials.values()].every((dial) => dial.over) || room.next === heard) return;
  if (room.next < heard) heard = 0; // anew with the server
  const { events, next } = await request(`api/events?after=${heard}&room=${named}`);
  heard = next;
  for (const { requests, event_type: type, details, text } of events) {
    const dial = requests.map((id) => dials.get(id)).find((each) => each && !each.over);
    const refused = /^Telnyx's response to dial: (?!done)(.*)/.exec(text);
    if (!dial) continue;
    if (type === "call.hangup") endDial(dial, words.ended[details.hangup_cause] ?? "failed");
    else if (refused) endDial(dial, refused[1]);
    else if (/answered|participant.join/.test(type)) endDial(dial, "answered");
  }
}

// Timeline

async function showTimeline() {
  if (!$("timeline").open) return;
  const { at, lanes } = await request(`${api}/timeline`);
  let origin = Date.parse(at);
  for (const band of lanes.flatMap((lane) => lane.bands)) {
    [band.from, band.to] = [Date.parse(band.from), Date.parse(band.to)];
    origin = Math.min(origin, band.from);
  }
  $("lanes").style.setProperty("--now", Math.max(1, (now() - origin) / 1000));
  write($("from"), hours.format(origin));
  write($("to"), hours.format(now()));
  await fill($("lanes"), "lane", lanes, (el, lane) => paint(el, lane, origin));
}

function paint({ children: [name, chart] }, { bands, ...p }, origin) {
  const sums = {};
  name.textContent = name.title = `${p.member} ${nameOf(p)}`;
  fill(chart, "band", bands, (el, { what, from, to }) => {
    put(el, "className", what);
    el.style.setProperty("--from", (from - origin) / 1000);
    el.style.setProperty("--to", to ? (to - origin) / 1000 : "");
    (sums[what] ??= []).push((to || clock.at) - from);
  });
  chart.ariaLabel = chart.title = Object.entries(sums).map(([what, ms]) =>
    `${what} ${plural(ms.length, "time")}, ${lasting(ms.reduce((a, b) => a + b))}`).join("; ");
}

// News

const news = [];
let moves = []; // times of the last minute's joins and leaves

function move(row, what) {
  if (what && moves.push(tock()) <= 10) news.push(`${row.name} ${what}`);
}

function announce() {
  moves = moves.filter((at) => since(at) < 6e4);
  const text = clean(`${news.splice(0).join(". ")}.`).replace(/\.\.(?= |$)/g, ".");
  if (text !== ".") write($("news"), text);
}

// Every second

let ticks = 0, pointed = -OLD; // when the pointer last moved over the rows

function tick() {
  const { dataset } = document.body, was = dataset.is, old = isOld();
  const is = trouble?.status === 401 ? "out" : !old ? "live"
    : clock.at || since(0) > OLD ? "old" : "loading";
  if (was !== is) {
    dataset.is = is;
    $("main").ariaDisabled = is !== "live";
    if (was !== "loading") news.push(words.is[is]);
  }
  write($("asof"), clock.at ? `as of ${seconds.format(clock.at)}` : "");
  write($("why"), trouble?.status > 401 ? clean(trouble.message) : "");
  if (old) return;
  write($("clock"), seconds.format(now()));
  show($("used-up"), Date.parse(room.minutes_used_up_until) > now());
  const left = Date.parse(room.ends_at) - now(), el = $("left");
  write(el, left > 0 ? `${lasting(left)} left` : "");
  el.classList.toggle("soon", left < 6e5);
  const seen = ({ el }) => el.checkVisibility({ contentVisibilityAuto: true });
  [...rows.values()].filter(seen).forEach(showSilence);
}

function everySecond() {
  tick();
  ticks++;
  for (const target of [hall, ...rows.values()]) {
    if (since(target.until) > 0) reply(target, "");
    if (target.call) place(target);
    if (target.gone && since(target.gone) > LINGER && !isPointed()) removeRow(target);
  }
  for (const dial of dials.values())
    if (since(dial.until) > 0) dial.over ? removeDial(dial) : endDial(dial, "no answer");
  if (ticks % 3 === 0) announce();
  if (ticks % 4 === 0) quietly(showTimeline);
  const tabs = setup.rooms === "all" && !document.hidden && ticks % ($("rooms").children[1] ? 5 : 30);
  if (tabs === 1) quietly(showRooms);
}

// The page

addEventListener("online", poll);
document.addEventListener("visibilitychange", poll);
addEventListener("click", (event) => {
  const button = event.target.closest("button:not(.quiet)");
  if (!button || (!isOld() && button.ariaDisabled !== "true")) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, dialog") || $("find").hidden) return;
  event.preventDefault();
  $("search").focus();
});
$("people").onpointermove = () => (pointed = tock());
$("search").oninput = () => rows.forEach(filter);
$("timeline").ontoggle = () => quietly(showTimeline);

history.replaceState(null, "", `?room=${named}`); // without the signed link
setInterval(everySecond, EVERY);
follow();
