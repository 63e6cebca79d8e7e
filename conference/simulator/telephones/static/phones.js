// The page of the telephones: it asks for the state twice a second and patches what has changed.

const $ = (selector, of = document) => of.querySelector(selector);
const MOST = 500; // rows, without look-ups
const MOST_LOOK_UPS = 100;
const phones = new Map(); // by number: { item, data }
const rows = new Map(); // by n: { item, data }
const ledTo = new Map(); // by n: the numbers of the rows that it led to
const held = []; // rows that came during a pause
let version = 0;
let answered = Date.now();
let timer = 0;
let asking = false;
let chosen = 0; // the open row
let followed = ""; // the call whose steps are shown
let steps = []; // { names, item, n }
let acts = 0; // how many were begun
let acted = 0; // how many have ended
let last = Promise.resolve();
let speaker = ""; // the number of the telephone whose button is held

history.replaceState(null, "", location.pathname); // the key is in the cookie now

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function make(name, text, ...classes) {
  const element = document.createElement(name);
  element.textContent = text;
  element.classList.add(...classes);
  return element;
}

function copy(template) {
  return $(template).content.firstElementChild.cloneNode(true);
}

// Asking and acting

async function poll() {
  if (asking) return;
  clearTimeout(timer);
  asking = true;
  let more = false;
  const before = acted;
  try {
    const wait = AbortSignal.timeout(2500);
    const answer = await fetch(`phones/state?since=${version}`, { signal: wait });
    if (!answer.ok) throw new Error(answer.status);
    const state = await answer.json();
    answered = Date.now();
    show(state);
    if (acts === before) showSwitches(state); // else it may show them as they were before
    more = state.more;
  } catch {
    // the next one may succeed
  }
  asking = false;
  const lost = Date.now() - answered > 3000;
  if (lost && $("#lost").hidden) {
    const since = new Date(answered).toLocaleTimeString();
    put($("#lost"), `The simulator has not answered since ${since}. Has flask simulate ended? ` +
      "It has a new link each time.");
    put($("#news"), $("#lost").textContent);
  }
  $("#lost").hidden = !lost;
  document.body.classList.toggle("lost", lost);
  timer = setTimeout(poll, more ? 50 : document.hidden ? 5000 : 500);
}

function act(path, body = {}) {
  acts += 1;
  last = last.then(() => send(path, body)); // one after the other, or they might overtake
  return last;
}

async function send(path, body) {
  put($("#problem"), "");
  let answer = {};
  try {
    const response = await fetch(`phones/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Phones": "1" },
      body: JSON.stringify(body),
      keepalive: true,
    });
    answer = await response.json();
  } catch {
    answer = { error: "The simulator has not answered." };
  }
  if (answer.error) for (const place of ["#problem", "#news"]) put($(place), answer.error);
  acted += 1;
  poll();
  return answer;
}

const of = (number, action, body) =>
  act(`telephones/${encodeURIComponent(number)}/${action}`, body);

function show(state) {
  version = state.version;
  put($("#clock"), `The line's number is ${state.line}. Seconds of the story: ` +
    `${state.at.toFixed(0)}; ${state.speed} of them pass in one of yours.`);
  showPhones(state.phones);
  showRows(state.rows);
}

// Telephones

function showPhones(list) {
  const heard = [];
  for (const data of list) {
    const known = phones.get(data.number);
    const phone = known ?? addPhone(data.number);
    const was = phone.data;
    phone.data = data;
    if (JSON.stringify(was) === JSON.stringify(data)) continue;
    showPhone(phone.item, data);
    if (was && (was.hears !== data.hears || was.state !== data.state)) {
      heard.push(`${data.name}: ${data.hears}`);
    }
  }
  for (const [number, phone] of phones) {
    if (!list.some((data) => data.number === number)) removePhone(number, phone);
  }
  announce(heard);
}

let waiting = [];
let announcedAt = 0;

function announce(heard) {
  waiting.push(...heard);
  if (!waiting.length || Date.now() - announcedAt < 2000) return;
  announcedAt = Date.now();
  const many = `${waiting.length} changes on the bench.`;
  put($("#news"), waiting.length > 4 ? many : waiting.join(" "));
  waiting = [];
}

function showPhone(item, data) {
  item.dataset.state = data.state;
  $(".sound", item).dataset.sound = data.sound;
  put($(".name", item), data.name);
  put($(".number", item), data.number);
  put($(".text", item), data.hears);
  put($(".notes", item), data.notes.join(" "));
  const rings = data.state === "rings";
  button($(".call", item), rings ? "Answer" : "Dial", data, rings || data.state === "idle");
  button($(".end", item), rings ? "Refuse" : "Hang up", data, data.state !== "idle");
  const speak = $(".speak", item);
  button(speak, "Speak", data, data.state === "up");
  speak.ariaPressed = String(data.speaking ?? false);
  for (const key of $(".pad", item).children) key.ariaDisabled = String(data.state !== "up");
  $(".remove", item).ariaLabel = `Remove: ${data.name}`;
  const select = $("select", item);
  if (select !== document.activeElement) select.value = data.when_called;
}

function button(element, text, data, enabled) {
  put(element, text);
  element.ariaLabel = `${text}: ${data.name}`;
  element.ariaDisabled = String(!enabled);
}

function addPhone(number) {
  const item = copy("#phone");
  item.dataset.number = number;
  const on = (selector, type, act) => $(selector, item).addEventListener(type, act);
  for (const key of "123456789*0#") {
    const one = make("button", key);
    one.type = "button";
    if (key === "*") one.ariaLabel = "* star";
    if (key === "#") one.ariaLabel = "# pound";
    one.addEventListener("click", () => press(number, key));
    $(".pad", item).append(one);
  }
  on(".call", "click", () => call(number));
  on(".end", "click", () => phones.get(number).data.state !== "idle" && of(number, "hang-up"));
  on("select", "change", (event) => of(number, "when-called", { how: event.target.value }));
  on(".remove", "click", () => of(number, "remove"));
  item.addEventListener("keydown", (event) => {
    if (event.target.closest("select") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length === 1 && "0123456789*#".includes(event.key)) press(number, event.key);
  });
  holdToSpeak(number, $(".speak", item));
  $("#phones").append(item);
  const phone = { item, data: null };
  phones.set(number, phone);
  return phone;
}

function removePhone(number, { item }) {
  const next = item.nextElementSibling ?? item.previousElementSibling;
  if (item.contains(document.activeElement)) (next ? $(".call", next) : $("#add button")).focus();
  item.remove();
  phones.delete(number);
}

async function call(number) {
  const { state, name } = phones.get(number).data;
  if (state === "rings") of(number, "answer");
  if (state !== "idle") return;
  const answer = await of(number, "dial");
  if (answer.call) follow(answer.call, name);
}

function press(number, keys) {
  if (phones.get(number).data.state === "up") of(number, "press", { keys });
}

function holdToSpeak(number, speak) {
  const start = () => {
    if (speaker || phones.get(number).data.state !== "up") return;
    speaker = number;
    of(number, "speak", { on: true });
  };
  speak.addEventListener("pointerdown", (event) => event.button === 0 && start());
  speak.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) start();
  });
  speak.addEventListener("keyup", stopSpeaking);
  speak.addEventListener("blur", stopSpeaking);
  speak.addEventListener("contextmenu", (event) => event.preventDefault());
  speak.addEventListener("click", (event) => { // without a pointer or key: from a screen reader
    if (event.detail) return;
    start();
    setTimeout(stopSpeaking, 3000);
  });
}

function stopSpeaking() {
  if (!speaker) return;
  of(speaker, "speak", { on: false });
  speaker = "";
}

for (const end of ["pointerup", "pointercancel", "blur", "pagehide"]) {
  addEventListener(end, stopSpeaking);
}

$("#add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const { number } = await act("telephones", Object.fromEntries(new FormData(form)));
  if (number) form.reset();
});

// What happens when I dial

function follow(call, name) {
  followed = call;
  put($("#whose"), `This is the call of ${name}. Press a step to see its row.`);
  for (const step of steps) step.n = 0;
  for (const { data } of rows.values()) findStep(data);
  showSteps();
}

function findStep(data) {
  const open = steps.find((step) => !step.n && step.names.includes(data.name));
  if (!followed || !open) return false;
  const mine = data.calls.includes(followed);
  const ours = steps.some((step) => step.n && data.causes.includes(step.n));
  if (mine || ours) open.n = data.n;
  return mine || ours;
}

function showSteps() {
  for (const { item, n } of steps) {
    item.classList.toggle("done", n > 0);
    const link = $("button", item);
    link.ariaDisabled = String(!n);
  }
}

async function loadSteps() {
  try {
    const answer = await (await fetch("phones/steps")).json();
    steps = answer.steps.map(({ names, text }) => {
      const step = { names, n: 0, item: make("li", "") };
      const link = make("button", text);
      link.type = "button";
      link.addEventListener("click", () => step.n && open(step.n));
      step.item.append(link);
      return step;
    });
  } catch {
    setTimeout(loadSteps, 1000);
  }
  $("#steps").replaceChildren(...steps.map((step) => step.item));
  showSteps();
}

// Rows

const KINDS = { phone: "phone", line: "app", document: "document" };

function showRows(list) {
  if ($("#pause").ariaPressed === "true") {
    held.push(...list);
    held.splice(0, held.length - 2 * MOST);
    put($("#pause"), `Paused (${new Set(held.map((data) => data.n)).size} new)`);
    return;
  }
  if (!list.length) return;
  const box = $("#rows");
  const follows = !chosen && box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  let stepped = false;
  for (const data of list) {
    const row = rows.get(data.n) ?? addRow(data);
    const changed = row.data !== data && row.item.firstElementChild.open;
    row.data = data;
    showRow(row.item, data);
    if (changed) load(data.n);
    stepped = findStep(data) || stepped;
  }
  trim(MOST, (kind) => kind !== "look-up");
  trim(MOST_LOOK_UPS, (kind) => kind === "look-up");
  if (stepped) showSteps();
  if (chosen) mark();
  $("#none").hidden = rows.size > 0;
  if (follows) box.scrollTop = box.scrollHeight;
}

function addRow(data) {
  const item = copy("#row");
  item.dataset.n = data.n;
  let after = $("#rows").lastElementChild; // changes do not come in the order of the rows
  while (after && Number(after.dataset.n) > data.n) after = after.previousElementSibling;
  if (after) after.after(item);
  else $("#rows").prepend(item);
  const row = { item, data };
  rows.set(data.n, row);
  return row;
}

function trim(most, counts) {
  const shelf = [...rows].filter(([, { data }]) => counts(data.kind)).sort(([a], [b]) => a - b);
  for (const [n, { item }] of shelf.slice(0, -most)) {
    if (n === chosen) chosen = 0;
    const next = item.nextElementSibling;
    if (next && item.contains(document.activeElement)) {
      $("summary", next).focus({ preventScroll: true });
    }
    item.remove();
    rows.delete(n);
    ledTo.delete(n);
  }
}

function showRow(item, data) {
  for (const n of data.causes) {
    if (!ledTo.has(n)) ledTo.set(n, new Set());
    ledTo.get(n).add(data.n);
  }
  item.dataset.kind = data.kind;
  item.classList.toggle("bad", data.bad);
  put($(".at", item), `${data.at.toFixed(1)} s`);
  put($(".kind", item), KINDS[data.kind] ?? data.kind);
  put($(".words", item), data.words);
  put($("code", item), data.type);
  put($(".result", item), data.result);
}

function open(n) {
  const row = rows.get(n);
  if (!row) return;
  row.item.firstElementChild.open = true;
  const summary = $("summary", row.item);
  summary.focus({ preventScroll: true });
  row.item.scrollIntoView({ block: "nearest" });
}

$("#rows").addEventListener("toggle", (event) => {
  const n = Number(event.target.parentElement.dataset.n);
  if (event.target.open) {
    chosen = n;
    load(n).then(() => event.target.parentElement.scrollIntoView({ block: "nearest" }));
  } else if (chosen === n) {
    chosen = 0;
  }
  mark();
}, true);

function reach(n, next) {
  const found = new Set();
  const todo = [n];
  while (todo.length) {
    for (const each of next(todo.pop())) {
      if (!found.has(each) && rows.has(each)) found.add(each) && todo.push(each);
    }
  }
  return found;
}

const causes = (n) => rows.get(n)?.data.causes ?? [];
const results = (n) => ledTo.get(n) ?? [];

function mark() {
  const before = chosen ? reach(chosen, causes) : new Set();
  const after = chosen ? reach(chosen, results) : new Set();
  for (const [n, { item }] of rows) {
    const text = before.has(n) ? "cause" : after.has(n) ? "result" : "";
    item.dataset.mark = n === chosen ? "open" : text;
    put($(".mark", item), text);
  }
}

async function load(n) {
  const body = $(".body", rows.get(n).item);
  let whole;
  try {
    whole = await (await fetch(`phones/rows/${n}`)).json();
  } catch {
    whole = { error: "The simulator has not answered." };
  }
  body.replaceChildren(
    make("p", whole.purpose ?? whole.error, "purpose"),
    ...links("Because of", causes(n)),
    ...links("It led to", [...results(n)]),
    ...(whole.parts ?? []).flatMap((part) => [
      make("h3", part.title),
      make("pre", part.body || "(empty)"),
    ]),
  );
}

function links(title, list) {
  const there = list.filter((n) => rows.has(n));
  if (!there.length) return [];
  const line = make("p", `${title}: `, "links");
  for (const n of there) {
    const { data } = rows.get(n);
    const link = make("button", data.words);
    link.type = "button";
    link.addEventListener("click", () => open(n));
    line.append(n === there[0] ? "" : ", ", link);
  }
  return [line];
}

$("#pause").addEventListener("click", (event) => {
  const paused = event.target.ariaPressed !== "true";
  event.target.ariaPressed = String(paused);
  put(event.target, paused ? "Paused" : "Pause");
  if (!paused) showRows(held.splice(0));
});

$("#newest").addEventListener("click", () => {
  const last = rows.get(chosen)?.item.firstElementChild;
  if (last) last.open = false;
  $("#rows").scrollTop = $("#rows").scrollHeight;
  $("#rows").scrollIntoView({ block: "nearest" });
});

$("#look-ups").addEventListener("change", (event) => {
  $("#rows").classList.toggle("all", event.target.checked);
});

// Switches

const scale = (name) => (name === "delay" || name === "seed" ? 1 : 100);

function showSwitches({ chaos, outage, values }) {
  const form = $("#chaos");
  const on = [chaos && "chaos", outage && "an outage"].filter(Boolean).join(" and ");
  $("#faults").classList.toggle("on", on !== "");
  put($("#faults > summary"), on ? `Going wrong now: ${on}` : "Chaos: let things go wrong");
  $("#outage").checked = outage;
  form.elements.on.checked = chaos;
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements[name];
    const shown = String(Number((value * scale(name)).toFixed(4)));
    if (field !== document.activeElement && field.value !== shown) field.value = shown;
  }
}

$("#chaos").addEventListener("change", (event) => {
  const form = event.currentTarget;
  if (!form.reportValidity()) return;
  const body = { on: form.elements.on.checked };
  for (const field of form.querySelectorAll("[type=number]")) {
    body[field.name] = Number(field.value) / scale(field.name);
  }
  act("chaos", body);
});
$("#chaos").addEventListener("submit", (event) => event.preventDefault());
$("#outage").addEventListener("change", (event) => act("outage", { on: event.target.checked }));

document.addEventListener("visibilitychange", () => (document.hidden ? stopSpeaking() : poll()));
loadSteps();
poll();
