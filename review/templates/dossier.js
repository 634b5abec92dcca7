(function () {
  var choices = document.querySelectorAll(".languages input");

  function carryLanguage() {
    var asked = document.getElementById("language-en").checked ? "en" : "zh";
    document.documentElement.lang = asked === "en" ? "en" : "zh-Hans";
    document.querySelectorAll("a[data-page]").forEach(function (one) {
      one.href = one.getAttribute("data-page") + "?language=" + asked;
    });
  }

  var found = /[?&]language=(zh|en)\b/.exec(location.search);
  if (found) { document.getElementById("language-" + found[1]).checked = true; }
  choices.forEach(function (one) { one.addEventListener("change", carryLanguage); });
  carryLanguage();
})();
