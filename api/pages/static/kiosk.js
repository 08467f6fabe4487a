/* The kiosk's screen. One document for everybody: nothing goes into the address, the history or a cookie; the only
   thing kept on the machine is the board of public jobs for when the line is cut. Written for old browsers. */
(function () {
  'use strict';
  var WARN_S = 20, CLEANING_S = 60, BOARD_MAX_S = 1800, BOARD_EVERY_MS = 300000, BEAT_MS = 20000, RETRY_MS = 3000;
  var TIMEOUT_MS = 8000, HOLD_MS = 2000, BOARD_KEY = 'kiosk-board';
  var app = document.getElementById('app'), offlineBox = document.getElementById('offline');
  var touchedAt = Date.now(), touchedSinceBeat = false, warningSince = 0, pending = false, tapped = null, cutOff = false;

  function byId(id) { return document.getElementById(id); }
  function show(id, on) { var one = byId(id); if (one) { one.hidden = !on; } }
  function closest(node, test) { while (node && node !== document) { if (test(node)) { return node; } node = node.parentNode; } return null; }
  function visit() { var field = app.querySelector('input[name=visit]'); return field ? field.value : ''; }
  function pairs(list) { return list.map(function (p) { return encodeURIComponent(p[0]) + '=' + encodeURIComponent(p[1]); }).join('&'); }

  function send(method, url, body, done, failed) {
    var request = new XMLHttpRequest();
    request.open(method, url);
    request.timeout = TIMEOUT_MS;
    request.setRequestHeader('X-Kiosk', '1');
    request.setRequestHeader('X-CSRF-Token', document.body.getAttribute('data-token') || '');
    if (body !== null) { request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded'); }
    request.onload = function () { done(request); };
    request.onerror = request.ontimeout = failed;
    request.send(body);
  }

  /* one screen after another */
  function go(form, button) {
    var fields = [], i, one;
    if (pending) { return; }
    for (i = 0; i < form.elements.length; i += 1) {
      one = form.elements[i];
      if (one.name && one.tagName !== 'BUTTON') { fields.push([one.name, one.name === 'phone' || one.name === 'code' ? one.value.replace(/\D/g, '') : one.value]); }
    }
    if (button && button.name) { fields.push([button.name, button.value]); }
    pending = true;
    if (button) { button.classList.add('tapped'); }
    ask(form.getAttribute('action'), pairs(fields), 3, setTimeout(function () { show('working', true); }, 400));
  }

  function ask(url, body, tries, timer) {
    function over() { clearTimeout(timer); show('working', false); pending = false; }
    send('POST', url, body, function (request) {
      if (request.status === 503 && tries > 0) {
        setTimeout(function () { ask(url, body, tries - 1, timer); }, 1000 * (parseInt(request.getResponseHeader('Retry-After'), 10) || 2));
        return;
      }
      over();
      if (request.responseText.indexOf('id="screen"') >= 0) { put(request.responseText); return; }
      if (request.status === 401 || request.status === 403) { location.replace('/kiosk'); return; }
      say('机器没听明白，请再点一次；还不行就到窗口问');
    }, function () { over(); goOffline(); });
  }

  function put(html) {
    hush();
    app.innerHTML = html;
    settle();
  }

  function settle() {
    var title = app.querySelector('h1'), screen = byId('screen');
    window.scrollTo(0, 0);
    touchedAt = Date.now();
    markVoices();
    tick();
    if (title) { title.focus(); }
    if (screen && screen.getAttribute('data-print') === 'now') { setTimeout(function () { window.print(); }, 50); }
  }

  function say(text) {
    var old = app.querySelector('.notice'), line = old || document.createElement('p');
    line.className = 'notice';
    line.setAttribute('role', 'alert');
    line.textContent = text;
    if (!old && app.querySelector('.question')) { app.querySelector('.question').parentNode.insertBefore(line, app.querySelector('.question').nextSibling); }
    Array.prototype.forEach.call(app.querySelectorAll('.tapped'), function (one) { one.classList.remove('tapped'); });
  }

  /* the end of one person: nothing of them stays in the document */
  function wipe() {
    var body = pairs([['visit', visit()]]), left = false;
    function leave() { if (!left) { left = true; location.replace('/kiosk'); } }
    hush();
    app.innerHTML = '';
    show('warning', false);
    warningSince = 0;
    send('POST', '/kiosk/end', body, leave, goOffline);
    setTimeout(function () { if (!cutOff) { leave(); } }, TIMEOUT_MS + 500);
  }

  window.addEventListener('pagehide', function () {
    var name = visit(), form;
    if (name && navigator.sendBeacon && window.FormData) {
      form = new FormData();
      form.append('visit', name);
      form.append('csrf_token', document.body.getAttribute('data-token') || '');
      navigator.sendBeacon('/kiosk/end', form);
    }
    app.innerHTML = '';
  });
  window.addEventListener('pageshow', function (event) { if (event.persisted) { location.replace('/kiosk'); } });

  /* reading aloud: only where the machine has a Chinese voice of its own */
  function voice() {
    var all = window.speechSynthesis ? window.speechSynthesis.getVoices() : [], i;
    for (i = 0; i < all.length; i += 1) { if (/^(zh|cmn)/i.test(all[i].lang) && all[i].localService !== false) { return all[i]; } }
    return null;
  }
  function markVoices() {
    var can = voice() !== null;
    Array.prototype.forEach.call(app.querySelectorAll('.speak'), function (one) { one.hidden = !can; });
  }
  function hush() { if (window.speechSynthesis) { window.speechSynthesis.cancel(); } }
  function read(text) {
    var words = new window.SpeechSynthesisUtterance(text), chosen = voice();
    hush();
    words.lang = 'zh-CN';
    words.rate = 0.9;
    if (chosen) { words.voice = chosen; window.speechSynthesis.speak(words); }
  }
  if (window.speechSynthesis) { window.speechSynthesis.onvoiceschanged = markVoices; }

  /* the keypad and the words to tap */
  function press(button) {
    var key = button.getAttribute('data-key'), field = byId('number'), digits = field.value.replace(/\D/g, '');
    if (key === 'clear') { digits = ''; } else if (key === 'back') { digits = digits.slice(0, -1); } else { digits += key; }
    group(field, digits);
  }
  function group(field, digits) {
    var sizes = field.getAttribute('data-groups').split(' '), parts = [], at = 0, i, most = 0;
    for (i = 0; i < sizes.length; i += 1) { most += +sizes[i]; }
    if (field.name === 'code') { most = 18; }
    digits = digits.slice(0, most);
    for (i = 0; at < digits.length; i += 1) { parts.push(digits.substr(at, +(sizes[i] || 4))); at += +(sizes[i] || 4); }
    field.maxLength = most + sizes.length;
    field.value = parts.join(' ');
  }

  document.addEventListener('click', function (event) {
    var button = closest(event.target, function (one) { return one.tagName === 'BUTTON'; }), box;
    tapped = button;
    if (!button) { return; }
    if (button.getAttribute('data-key')) { press(button); }
    if (button.getAttribute('data-say')) { read(button.getAttribute('data-say')); }
    if (button.getAttribute('data-piece')) {
      box = byId('words');
      box.value = (box.value ? box.value.replace(/[，,\s]+$/, '') + '，' : '') + button.getAttribute('data-piece');
    }
    if (button.className.indexOf('wipe-words') >= 0) { byId('words').value = ''; }
    if (button.id === 'warning-stay') { stay(); }
    if (button.id === 'clean' && event.detail === 0) { clean(); }
  });
  document.addEventListener('submit', function (event) {
    event.preventDefault();
    if (event.target.className === 'end') { wipe(); return; }
    go(event.target, tapped && tapped.form === event.target ? tapped : event.target.querySelector('button:not([type=button])'));
    tapped = null;
  });
  document.addEventListener('input', function (event) {
    if (event.target.id === 'number') { group(event.target, event.target.value.replace(/\D/g, '')); }
  });

  /* nobody there: ask for twenty seconds, then wipe */
  ['touchstart', 'mousedown', 'keydown', 'wheel'].forEach(function (kind) {
    document.addEventListener(kind, function () { touchedSinceBeat = true; if (!warningSince) { touchedAt = Date.now(); } }, true);
  });
  function stay() {
    show('warning', false);
    byId('warning').className = 'cover';
    app.hidden = false;
    warningSince = 0;
    touchedAt = Date.now();
    beat();
    if (app.querySelector('h1')) { app.querySelector('h1').focus(); }
  }
  function watch() {
    var screen = byId('screen'), idle = screen ? +screen.getAttribute('data-idle') : 0, now = Date.now(), left;
    if (warningSince) {
      left = Math.ceil(WARN_S - (now - warningSince) / 1000);
      byId('warning-left').textContent = Math.max(left, 0);
      if (left <= 0) { app.hidden = false; wipe(); }
      return;
    }
    if (idle && byId('warning') && !pending && now - touchedAt >= idle * 1000) {
      warningSince = now;
      hush();
      app.hidden = true;
      byId('warning').className = 'cover running';
      show('warning', true);
      byId('warning-stay').focus();
    }
  }

  /* cleaning: held for two seconds by touch, or by a key */
  var held = 0, cleaningUntil = 0;
  function clean() {
    cleaningUntil = Date.now() + CLEANING_S * 1000;
    app.hidden = true;
    show('cleaning', true);
  }
  function startHold(event) { if (closest(event.target, function (one) { return one.id === 'clean'; })) { held = setTimeout(clean, HOLD_MS); } }
  function endHold() { clearTimeout(held); }
  document.addEventListener('touchstart', startHold);
  document.addEventListener('mousedown', startHold);
  document.addEventListener('touchend', endHold);
  document.addEventListener('mouseup', endHold);
  function watchCleaning() {
    var left = Math.ceil((cleaningUntil - Date.now()) / 1000);
    if (!cleaningUntil) { return; }
    byId('cleaning-left').textContent = Math.max(left, 0);
    if (left <= 0) { cleaningUntil = 0; show('cleaning', false); app.hidden = false; }
  }

  /* the machine lives, and so does whoever touches it */
  function beat() { send('POST', '/kiosk/beat', pairs([['visit', touchedSinceBeat ? visit() : '']]), function () {}, goOffline); touchedSinceBeat = false; }

  /* the line is cut: public jobs of at most half an hour ago, and a note for the window on paper */
  function keepBoard() {
    send('GET', '/kiosk/board', null, function (request) {
      if (request.status === 200) { try { localStorage.setItem(BOARD_KEY, request.responseText); } catch (full) { return; } }
    }, goOffline);
  }
  function keptBoard() {
    var kept = null;
    try { kept = JSON.parse(localStorage.getItem(BOARD_KEY)); } catch (broken) { kept = null; }
    if (kept && Date.now() / 1000 - kept.at > BOARD_MAX_S) { localStorage.removeItem(BOARD_KEY); kept = null; }
    return kept;
  }
  function make(tag, text, name, into) {
    var one = document.createElement(tag);
    if (text) { one.textContent = text; }
    if (name) { one.className = name; }
    into.appendChild(one);
    return one;
  }
  function goOffline() {
    if (cutOff) { return; }
    cutOff = true;
    hush();
    app.innerHTML = '';
    app.hidden = false;
    show('warning', false);
    warningSince = 0;
    drawOffline();
    setTimeout(reconnect, RETRY_MS);
  }
  function drawOffline() {
    var kept = keptBoard(), list, paper;
    offlineBox.innerHTML = '';
    make('h1', '网络断了，正在重新连接', '', offlineBox).tabIndex = -1;
    make('p', kept ? '下面是更新于 ' + kept.clock + ' 的岗位，可能已经招满。想去的请拿纸条到窗口问。' : '请到窗口问，工作人员帮您找。', 'notice', offlineBox);
    paper = make('article', '', 'paper ticket', offlineBox);
    make('h2', '窗口条', '', paper);
    make('p', '机器断网，请窗口帮忙查岗位', '', paper);
    if (kept) { make('p', '我看的是更新于 ' + kept.clock + ' 的岗位，还在不在请核对', '', paper); }
    list = make('div', '', 'two', offlineBox);
    list = make('button', '打一张窗口条', 'main', list);
    list.type = 'button';
    list.onclick = function () { window.print(); };
    list = make('ul', '', 'board', offlineBox);
    (kept ? kept.jobs : []).forEach(function (job) {
      var line = make('li', '', '', list), pay = make('p', '', 'pay', line);
      make('strong', job.pay, '', pay);
      make('span', job.unit + (job.settlement ? ' · ' + job.settlement : ''), '', pay);
      make('p', job.title, '', line);
      make('p', [job.place, job.when, job.employer].filter(Boolean).join(' · '), 'employer', line);
    });
    offlineBox.hidden = false;
  }
  function reconnect() {
    send('GET', '/kiosk/board', null, function () { location.replace('/kiosk'); }, function () { drawOffline(); setTimeout(reconnect, RETRY_MS); });
  }

  function tick() {
    var clock = app.querySelector('.clock'), now = new Date(Date.now() + 8 * 3600000), minutes = now.getUTCMinutes();
    if (clock) { clock.textContent = now.getUTCHours() + ':' + (minutes < 10 ? '0' : '') + minutes; }
  }

  if (document.body.getAttribute('data-offline')) { goOffline(); return; }
  if (window.history.replaceState) { window.history.replaceState(null, '', '/kiosk'); }
  if (navigator.serviceWorker) { navigator.serviceWorker.register('/kiosk/worker.js', { scope: '/kiosk' })['catch'](function () {}); }
  setInterval(function () { watch(); watchCleaning(); }, 500);
  setInterval(tick, 10000);
  setInterval(beat, BEAT_MS);
  setInterval(keepBoard, BOARD_EVERY_MS);
  keepBoard();
  settle();
}());
