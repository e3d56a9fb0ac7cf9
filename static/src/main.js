// The page's entry point.
document.documentElement.dataset.ready = "";
