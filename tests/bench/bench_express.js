// The floor in Node: bench_apps.tutorial in Express, with the built-in fetch, which keeps connections.
"use strict";

const express = require("express");

const app = express();
const headers = {
  Authorization: `Bearer ${process.env.TELNYX_API_KEY}`,
  "Content-Type": "application/json",
};
let conference = "";

async function post(path, body) {
  const url = process.env.TELNYX_BASE_URL + path;
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${response.status}: ${JSON.stringify(answer)}`);
  return answer.data;
}

async function follow(kind, call) {
  if (kind === "call.initiated") {
    await post(`/calls/${encodeURIComponent(call)}/actions/answer`, {});
  } else if (kind === "call.answered" && conference) {
    await post(`/conferences/${conference}/actions/join`, { call_control_id: call });
  } else if (kind === "call.answered") {
    const body = { call_control_id: call, name: "demo-conference" };
    conference = (await post("/conferences", body)).id;
  } else if (kind === "conference.ended") {
    conference = "";
  }
}

app.use(express.json());
app.get("/healthz", (request, response) => response.json({ status: "ok" }));
app.post("/webhook", async (request, response) => {
  const { event_type: kind, payload } = request.body.data;
  await follow(kind, payload.call_control_id);
  response.sendStatus(200);
});
app.listen(Number(process.env.PORT), "127.0.0.1");
