/* Answers a reload while the server cannot be reached. Keeps the empty shell and its looks, never a screen. */
var SHELL = 'kiosk-shell-1';
var FILES = ['/kiosk/offline', '/static/kiosk.css', '/static/kiosk.js', '/static/tokens.css'];
self.addEventListener('install', function (event) {
  event.waitUntil(caches.open(SHELL).then(function (cache) { return cache.addAll(FILES); }));
});
self.addEventListener('activate', function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) { return name !== SHELL; }).map(function (name) { return caches['delete'](name); }));
  }));
});
self.addEventListener('fetch', function (event) {
  var url = new URL(event.request.url);
  if (event.request.mode === 'navigate') {
    event.respondWith(fetch(event.request)['catch'](function () { return caches.match('/kiosk/offline'); }));
  } else if (FILES.indexOf(url.pathname) > 0) {
    event.respondWith(fetch(event.request)['catch'](function () { return caches.match(event.request); }));
  }
});
