// Sets the chosen theme before the first paint, so that the other one does not flash. Not a module, because modules are
// deferred.
(() => {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Without storage the system's theme is used.
  }
})();
