"use strict";
(function () {
  var PLACE = "place-in-list";
  var DRAFT = "note-not-sent";

  function visibleRows() {
    return Array.prototype.filter.call(document.querySelectorAll("[data-row]"), function (one) {
      return one.offsetParent !== null;
    });
  }

  function currentRow() { return document.activeElement && document.activeElement.closest("[data-row]"); }

  function standAt(place) {
    var seen = visibleRows();
    if (!seen.length) { return; }
    var row = seen[Math.max(0, Math.min(seen.length - 1, place))];
    row.querySelector("h2 a").focus();
    row.scrollIntoView({ block: "nearest" });
  }

  function step(by) { standAt(visibleRows().indexOf(currentRow()) + by); }

  function press(key) {
    var target = document.querySelector("[data-key='" + key + "']");
    if (!target) { return; }
    var row = currentRow();
    if (visibleRows().length) {
      if (!row && !document.querySelector(".mail :checked")) { return; }
      if (row) { row.querySelector("[name=change]").checked = true; }
    }
    target.click();
  }

  /* A group opens where it stands: its members are those of the page that the link leads to. */
  function unfold(link) {
    var row = link.closest("[data-row]");
    if (link.getAttribute("aria-expanded") === "true") {
      row.nextElementSibling.remove();
      link.setAttribute("aria-expanded", "false");
      return;
    }
    fetch(link.href, { headers: { Accept: "text/html" } }).then(function (answer) {
      if (!answer.ok) { throw new Error(answer.status); }
      return answer.text();
    }).then(function (text) {
      var page = new DOMParser().parseFromString(text, "text/html");
      var own = row.querySelector("[name=change]").value;
      var rest = document.createElement("div");
      rest.className = "rest";
      page.querySelectorAll("[data-row]").forEach(function (one) {
        if (one.querySelector("[name=change]").value !== own) { rest.append(document.importNode(one, true)); }
      });
      var further = page.querySelector(".further");
      if (further) { rest.append(document.importNode(further, true)); }
      row.after(rest);
      link.setAttribute("aria-expanded", "true");
    }).catch(function () { location.href = link.href; });
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-unfold]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); unfold(link); }
  });

  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest("input:not([type=checkbox]), select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey || typing) { return; }
    var key = event.key;
    if (visibleRows().length && (key === "j" || key === "k")) { step(key === "j" ? 1 : -1); }
    else if (key === "o" && currentRow()) { currentRow().querySelector("h2 a").click(); }
    else if (key === "x" && currentRow()) { currentRow().querySelector("[name=change]").click(); }
    else if (key === "/") {
      var sifting = document.querySelector(".sifting");
      if (sifting) { sifting.open = true; sifting.querySelector("select").focus(); } else { location.href = "/search"; }
    } else if (key === "?") { var keys = document.getElementById("keys"); keys.open = true; keys.querySelector("summary").focus(); keys.scrollIntoView(); }
    else if (/^[1-4ujk]$/.test(key)) { press(key); }
    else { return; }
    event.preventDefault();
  });

  /* After a verdict in the list the reader stands where the judged line was. */
  var mails = document.querySelector(".mails");
  if (mails) {
    var all = mails.querySelector("[data-all]");
    all.closest("label").hidden = false;
    all.addEventListener("change", function () {
      mails.querySelectorAll("[name=change]").forEach(function (one) { one.checked = all.checked; });
    });
    mails.addEventListener("submit", function () {
      sessionStorage.setItem(PLACE, String(visibleRows().indexOf(currentRow())));
    });
    var place = Number(sessionStorage.getItem(PLACE) || -1);
    sessionStorage.removeItem(PLACE);
    if (place >= 0) { standAt(place); }
  }

  /* A note outlives a session that had ended: it is put back where it was written, once, after signing in anew. */
  var note = document.querySelector(".judge [name=note]");
  var draft = JSON.parse(sessionStorage.getItem(DRAFT) || "null");
  if (new URLSearchParams(location.search).has("draft") && draft) {
    if (draft.path !== location.pathname) { location.replace(draft.path + draft.query); }
    else if (note) { note.value = draft.note; note.focus(); sessionStorage.removeItem(DRAFT); }
  } else { sessionStorage.removeItem(DRAFT); }
  if (note) {
    note.form.addEventListener("submit", function () {
      var query = new URLSearchParams(location.search);
      query.set("draft", "1");
      var kept = { path: location.pathname, query: "?" + query, note: note.value };
      sessionStorage.setItem(DRAFT, JSON.stringify(kept));
    });
  }

  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not(#keys)").forEach(function (one) { one.open = true; });
  });
})();
