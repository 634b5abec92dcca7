"use strict";
(function () {
  var preferred = (navigator.languages && navigator.languages[0]) || navigator.language || "zh";
  var choice = document.getElementById(/^zh\b/i.test(preferred) ? "language-zh" : "language-en");
  choice.checked = true;

  function openTarget() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") { node.open = true; }
    }
    var inner = target && target.querySelector("details");
    if (inner) { inner.open = true; }
    if (target) { target.scrollIntoView(); }
  }
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (one) { one.open = true; });
  });

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.key !== "j" && event.key !== "k")) { return; }
    var lines = Array.prototype.filter.call(document.querySelectorAll(".change > details > summary"), function (one) {
      return one.offsetParent !== null;
    });
    var place = lines.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
    if (lines.length) {
      var line = lines[Math.max(0, Math.min(lines.length - 1, place))];
      line.focus();
      line.scrollIntoView({ block: "start" });
    }
  });

  window.addEventListener("hashchange", openTarget);
  openTarget();
})();
