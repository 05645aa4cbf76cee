// Confirms and sends what a button asks for, and wears Airflow's light or dark theme.
"use strict";

(() => {
  const root = document.documentElement;
  let chosen = null;
  try {
    chosen = window.localStorage.getItem("theme");
  } catch {
    // Without storage the browser's own preference holds.
  }
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

  // Airflow shows this page in a frame that may open no windows; Airflow's own document may.
  const framed = window.parent !== window;
  function openOutside(link) {
    const outer = window.parent.document.createElement("a");
    outer.href = link.href;
    outer.target = link.target === "_top" ? "_self" : "_blank";
    outer.rel = "noopener noreferrer";
    outer.click();
  }
  if (framed) {
    root.classList.add("framed");
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[target]");
      if (!link) return;
      event.preventDefault();
      openOutside(link);
    });
  }

  function toast(words) {
    const box = document.getElementById("toast");
    box.textContent = words;
    box.classList.add("shown");
  }

  async function send(button, dialog) {
    const data = button.dataset;
    const body = {};
    if (data.plan) body.plan = data.plan;
    if (data.step) body.step_key = data.step;
    const object = dialog.querySelector("[name=object]").value.trim();
    if (data.object && object) body.object_id = object;
    const note = dialog.querySelector("[name=note]").value.trim();
    if (data.note && note) body.note = note;
    const address = `${document.body.dataset.base}/api/campaigns/${data.campaign}/${data.action}`;
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Adlaunch": "1" },
      body: JSON.stringify(body),
    });
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said.message;
    const detail = typeof said.detail === "string" ? said.detail : "Airflow refused it.";
    throw new Error(detail);
  }

  function confirm(button) {
    const dialog = document.getElementById("confirm");
    const yes = document.getElementById("confirm-yes");
    const failed = document.getElementById("confirm-error");
    document.getElementById("confirm-title").textContent = `${button.textContent}?`;
    document.getElementById("confirm-asks").textContent = button.dataset.asks;
    document.getElementById("confirm-object").hidden = !button.dataset.object;
    document.getElementById("confirm-note").hidden = !button.dataset.note;
    dialog.querySelector("form").reset();
    failed.textContent = "";
    document.getElementById("toast").classList.remove("shown");
    yes.textContent = button.textContent;
    yes.classList.toggle("grave", button.classList.contains("grave"));
    yes.disabled = false;
    document.getElementById("confirm-no").onclick = () => dialog.close();
    yes.onclick = async () => {
      if (!dialog.querySelector("form").reportValidity()) return;
      yes.disabled = true;
      try {
        const words = await send(button, dialog);
        dialog.close();
        toast(words);
        window.setTimeout(() => window.location.reload(), 2500);
      } catch (error) {
        failed.textContent = error.message;
        yes.disabled = false;
      }
    };
    dialog.showModal();
  }

  // A picture that cannot be made is told in words.
  function tellMissing(picture) {
    const words = document.createElement("p");
    words.className = "none";
    words.textContent = picture.dataset.missing;
    picture.replaceWith(words);
  }

  // Counts down as `shown.countdown` does, between two visits of the server.
  function span(seconds) {
    if (seconds < 60) return `${seconds} s`;
    const parts = [
      [Math.floor(seconds / 86400), "d"],
      [Math.floor(seconds / 3600) % 24, "h"],
      [Math.floor(seconds / 60) % 60, "min"],
    ];
    const first = parts.findIndex(([value]) => value > 0);
    const shown = parts.slice(first, first + 2).filter(([value]) => value > 0);
    return shown.map(([value, unit]) => `${value} ${unit}`).join(" ");
  }

  function tick() {
    document.querySelectorAll("[data-moment]").forEach((words) => {
      const left = Math.round((Date.parse(words.dataset.moment) - Date.now()) / 1000);
      words.textContent = left > 0 ? `in ${span(left)}` : `${span(-left)} ago`;
    });
  }

  // What is under way shows how far it is, unless the person is about to do something.
  function refresh() {
    if (!document.querySelector("dialog[open], #toast.shown")) window.location.reload();
  }

  document.addEventListener("DOMContentLoaded", () => {
    window.setInterval(tick, 1000);
    const seconds = Number(document.body.dataset.refresh);
    if (seconds) window.setInterval(refresh, seconds * 1000);
    document.querySelectorAll("img[data-missing]").forEach((picture) => {
      if (picture.complete && !picture.naturalWidth) tellMissing(picture);
      else picture.addEventListener("error", () => tellMissing(picture));
    });
    document.querySelectorAll("button[data-action]").forEach((button) => {
      button.addEventListener("click", () => confirm(button));
    });
    document.querySelectorAll("form.filters select").forEach((choice) => {
      choice.addEventListener("change", () => choice.form.requestSubmit());
    });
  });
})();
