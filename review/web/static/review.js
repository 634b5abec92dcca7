"use strict";
(function () {
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-row]"));

  function visibleRows() { return rows.filter(function (one) { return one.offsetParent !== null; }); }

  function currentRow() { return document.activeElement && document.activeElement.closest("[data-row]"); }

  function step(by) {
    var seen = visibleRows();
    var place = Math.max(0, Math.min(seen.length - 1, seen.indexOf(currentRow()) + by));
    if (seen.length) { seen[place].querySelector("a").focus(); seen[place].scrollIntoView({ block: "nearest" }); }
  }

  function press(key) {
    var target = document.querySelector("[data-key='" + key + "']");
    if (!target) { return; }
    var row = currentRow();
    if (rows.length) {
      if (!row && !document.querySelector("[name=change]:checked")) { return; }
      if (row) { row.querySelector("[name=change]").checked = true; }
    }
    target.click();
  }

  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest("input:not([type=checkbox]), select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey || typing) { return; }
    var key = event.key;
    if (rows.length && (key === "j" || key === "k")) { step(key === "j" ? 1 : -1); }
    else if (key === "o" && currentRow()) { currentRow().querySelector("a").click(); }
    else if (key === "/") {
      var field = document.querySelector(".sieve select");
      if (field) { field.focus(); } else { location.href = "/search"; }
    } else if (key === "?") { var keys = document.getElementById("keys"); keys.open = true; keys.scrollIntoView(); }
    else if (/^[1-4ujk]$/.test(key)) { press(key); }
    else { return; }
    event.preventDefault();
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (one) { one.open = true; });
  });
})();
