// The desk's only script: keys and comforts on top of plain links and forms.
// Every page works without it, so each part looks for its own hooks and does
// nothing where they are missing. The content security policy forbids strings
// becoming markup (trusted types "none"): only textContent, properties, classes
// and CSSOM are used here.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const visible = (el) => el.checkVisibility?.({ visibilityProperty: true }) ?? el.getClientRects().length > 0;
const usable = (el) => visible(el) && !el.matches(':disabled, [aria-disabled="true"]');

const NOT_TEXT = ['checkbox', 'radio', 'button', 'submit', 'reset', 'image'];
const isText = (el) => el.isContentEditable || el.matches?.('textarea, select')
  || (el.matches?.('input') && !NOT_TEXT.includes(el.type));

// focusOn moves real focus, so that screen readers follow, to things that may not
// take it by themselves (headings, figures, the panel).
function focusOn(el, options) {
  if (el.tabIndex < 0 && !el.hasAttribute('tabindex')) el.tabIndex = -1;
  el.focus(options);
}

// press uses the control that carries data-key. The focused row's own control comes
// first, and never another row's. The confirm button is out of reach on purpose:
// nothing decides on a single key.
function press(key) {
  const selector = `[data-key="${CSS.escape(key)}"]:not([data-confirm])`;
  const row = currentRow();
  const el = (row && $$(selector, row).find(usable))
    || $$(selector).find((c) => usable(c) && !c.closest('[data-row]'));
  if (!el) return false;
  if (el.matches('input, textarea, select')) el.focus();
  if (isText(el)) el.select?.();
  else el.click();
  if (el.matches('summary[data-act]')) enterAct(el.parentElement);
  return true;
}

// atOnce sends a small form that asks for nothing, opened or not: Shift tells it from
// the key that opens it.
function atOnce(key) {
  const button = $(`[data-at-once="${CSS.escape(key)}"]`);
  if (!button) return false;
  button.form.requestSubmit(button);
  return true;
}

// A form that a key has opened is there to be filled in.
function enterAct(details) {
  if (!details.open) return;
  details.scrollIntoView({ block: 'nearest' });
  $$('input, select, textarea, button', details).find(usable)?.focus();
}

// --- Rows of a list ---------------------------------------------------------
// The same case may be drawn as a table row and as a card; only the one that is
// visible counts. The mark follows focus into a row, however it got there, and stays
// when focus goes elsewhere, so that j goes on from the same place.

const rows = () => $$('[data-row]').filter(visible);
const currentRow = () => rows().find((row) => row.classList.contains('is-focus'));

function rowLink(row) {
  if (row.matches('a[href]')) return row;
  const links = $$('a[href]', row);
  return links.find((a) => a.getAttribute('href') === row.dataset.href) || links[0];
}

function moveRow(step) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(currentRow());
  const row = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
  focusOn(rowLink(row) || row, { preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
  return true;
}

function markRow(row) {
  for (const other of $$('[data-row].is-focus')) other.classList.remove('is-focus');
  row.classList.add('is-focus');
}

function toggleRow() {
  const row = currentRow();
  const box = row && $('input[type="checkbox"]', row);
  box?.click();
  return Boolean(box);
}

// --- Decision ---------------------------------------------------------------

const decision = $('form[data-decision]');
const fields = () => [...(decision?.elements ?? [])]; // also those tied by form="decision"
const outcomes = () => fields().filter((f) => f.name === 'action' && f.type === 'radio');
const chosen = () => outcomes().find((f) => f.checked)?.value;
const grounds = (action) => {
  const set = action && $(`[data-grounds="${CSS.escape(action)}"]`);
  return set ? $$('input[type="checkbox"]', set) : [];
};

function choose(action) {
  const radio = outcomes().find((f) => f.value === action);
  if (!radio || radio.disabled) return false;
  radio.click(); // a click, so that change events fire
  const at = () => (grounds(action).find(usable) || radio).focus();
  if (document.fullscreenElement) document.exitFullscreen().then(at); // nobody decides behind a picture
  else at();
  return true;
}

function toggleGround(n) {
  const box = grounds(chosen())[n - 1];
  if (!box || box.disabled) return false;
  box.click();
  box.focus(); // so that the new state is read out
  return true;
}

function confirmDecision() {
  const button = fields().find((f) => f.matches('[data-confirm]') && usable(f));
  if (!button) return false;
  decision.requestSubmit(button); // keeps native validation and the button's value
  return true;
}

// Only the grounds of the chosen outcome are shown and sent: a ground ticked for
// the other one must not travel along unseen.
function syncGrounds() {
  const action = chosen();
  for (const set of action ? $$('[data-grounds]') : []) {
    set.hidden = set.disabled = set.dataset.grounds !== action;
  }
}

const typed = () => [...new FormData(decision)].map((pair) => pair.join('=')).join('\n');
const askBeforeLeaving = (event) => event.preventDefault();

// A typed note survives a slip of the keys: the browser asks before the page is
// left. The listener exists only while there is something to lose.
function initDecision() {
  if (!decision) return;
  syncGrounds();
  const asDrawn = 'kept' in decision.dataset ? null : typed(); // kept: saved nowhere but here
  const guard = (on) => (on ? addEventListener : removeEventListener)('beforeunload', askBeforeLeaving);
  let sent = false; // what is on its way is not lost
  const changed = () => { syncGrounds(); guard(!sent && typed() !== asDrawn); };
  changed();
  // On document, since controls tied by form="decision" may stand outside the form.
  for (const type of ['input', 'change']) {
    document.addEventListener(type, (event) => { if (event.target.form === decision) changed(); });
  }
  addEventListener('submit', (event) => {
    if (event.target !== decision || event.defaultPrevented) return;
    sent = true;
    guard(false);
    setTimeout(() => { sent = false; changed(); }, 15000); // sending was stopped or failed
  });
  addEventListener('pageshow', () => { sent = false; changed(); }); // history may have put typed values back
  // Browsers submit a form on Enter in a checkbox or radio; here that would decide. From
  // the grounds it leads on to the note.
  document.addEventListener('keydown', (event) => {
    const el = event.target;
    if (event.key !== 'Enter' || el.form !== decision || !['checkbox', 'radio'].includes(el.type)
      || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (decision.contains(el)) $('#note')?.focus();
  });
  document.addEventListener('click', (event) => { // a phone's two buttons
    const action = event.target.closest?.('[data-choose]')?.dataset.choose;
    if (!action || !choose(action)) return;
    event.preventDefault();
    decision.scrollIntoView();
  });
}

// A phone's buttons lead to the panel, so they go once it is in sight.
function initActionBar() {
  const bar = $('.actionbar');
  const panel = $('.decide');
  if (!bar || !panel) return;
  new IntersectionObserver(([seen]) => { bar.hidden = seen.isIntersecting; }, { rootMargin: '0px 0px -25% 0px' }).observe(panel);
}

// Small forms beside the decision's share its form, so that what is typed there
// survives them. Enter, or Ctrl Enter in a text of several lines, uses their own button.
function pressBeside(event) {
  const el = event.target;
  const lines = el.matches('textarea');
  const chord = event.ctrlKey || event.metaKey;
  const part = event.key === 'Enter' && isText(el) && lines === chord && el.closest('[data-beside]');
  const button = part ? $('button[data-send]', part) || $('button', part) : null;
  button?.click();
  return Boolean(button);
}

// --- Evidence viewer --------------------------------------------------------

const views = new WeakMap(); // picture -> how it is seen now
const pictures = () => $$('figure[data-viewer] img[data-zoomable]');
let current = null; // the picture that keys act on: the last one touched or shown

const viewOf = (img) => views.get(img) || views.set(img, { scale: 1, turn: 0, x: 0, y: 0, contrast: 0 }).get(img);
const currentPicture = () => (current && visible(current) ? current : pictures().find(visible));

// pictureOf finds what a thumbnail or a finding's button points at: by id, else by number.
function pictureOf(el) {
  const target = document.getElementById(el.dataset.show || el.hash?.slice(1));
  return pictures().find((img) => target?.contains(img)) ?? pictures()[Number(el.dataset.thumb)];
}

function draw(img) {
  const view = viewOf(img);
  const box = img.parentElement;
  const sideways = view.turn % 180 !== 0;
  const [w, h] = sideways ? [img.offsetHeight, img.offsetWidth] : [img.offsetWidth, img.offsetHeight];
  // Lying on its side the picture must still fit the stage.
  const fit = sideways && w && h ? Math.min(1, box.clientWidth / w, box.clientHeight / h) : 1;
  const clamp = (at, size) => {
    const room = (size * fit * (view.scale - 1)) / 2;
    return Math.min(room, Math.max(-room, at));
  };
  view.x = clamp(view.x, w);
  view.y = clamp(view.y, h);
  const still = view.scale === 1 && view.turn === 0;
  img.style.transform = still ? ''
    : `translate(${view.x}px, ${view.y}px) rotate(${view.turn}deg) scale(${view.scale * fit})`;
  img.style.touchAction = view.scale > 1 ? 'none' : ''; // zoomed: a finger pans the picture, not the page
  img.classList.toggle('is-zoomed', view.scale > 1);
  for (let n = 0; n < 4; n++) img.classList.toggle(`contrast-${n}`, n === view.contrast);
  const figure = img.closest('figure');
  for (const el of $$('[data-zoom-level]', figure)) el.textContent = `${Math.round(view.scale * 100)}%`;
  $('[data-tool="contrast"]', figure)?.setAttribute('aria-pressed', String(view.contrast > 0));
}

function zoom(img, factor) {
  const view = viewOf(img);
  const scale = Math.min(8, Math.max(1, view.scale * factor));
  view.scale = scale < 1.01 ? 1 : scale; // 1.25 ** n * 0.8 ** n is not quite 1
}

const tools = {
  in: (img) => zoom(img, 1.25),
  out: (img) => zoom(img, 0.8),
  reset: (img) => Object.assign(viewOf(img), { scale: 1, x: 0, y: 0 }),
  rotate: (img) => { viewOf(img).turn = (viewOf(img).turn + 90) % 360; },
  contrast: (img) => { viewOf(img).contrast = (viewOf(img).contrast + 1) % 4; },
  full: (img) => fill(img.closest('figure')),
  both: (img) => fill(img.closest('.panes')),
};

// fill gives an element the whole screen, also after another one, or takes it back.
function fill(el) {
  const had = document.fullscreenElement;
  const left = had ? document.exitFullscreen() : Promise.resolve();
  left.then(() => had !== el && el?.requestFullscreen?.()).catch(() => {}); // refused by the browser: the picture stays as it is
}

function useTool(name, img = currentPicture()) {
  if (!img || !Object.hasOwn(tools, name)) return false;
  current = img;
  tools[name](img);
  draw(img);
  return true;
}

// show brings a picture to the front of its group: by the address (:target), which is
// how it works without script, and by a class, so that each group can have its own.
// The address is replaced, not added to: Back leads to the list, not through pictures.
function show(img) {
  if (!img) return false;
  current = img;
  const figure = img.closest('figure');
  const top = scrollY;
  if (figure.id) location.replace(`#${figure.id}`);
  for (const other of $$(':scope > figure', figure.parentElement)) other.classList.toggle('is-current', other === figure);
  scrollTo({ top, behavior: 'instant' }); // no jump when the picture is in sight already
  figure.scrollIntoView({ block: 'nearest' });
  for (const thumb of $$('[data-thumb]')) {
    if (pictureOf(thumb) === img) thumb.setAttribute('aria-current', 'true');
    else thumb.removeAttribute('aria-current');
  }
  draw(img);
  if (document.fullscreenElement?.matches('figure')) {
    document.exitFullscreen().then(() => figure.requestFullscreen()).catch(() => {});
  }
  return true;
}

function stepPicture(step) {
  const all = pictures();
  return show(all[(all.indexOf(currentPicture()) + step + all.length) % all.length]);
}

function initViewer() {
  if (!pictures().length) return;
  for (const button of $$('[data-tool]')) {
    button.hidden = ['full', 'both'].includes(button.dataset.tool) && !document.fullscreenEnabled;
  }
  document.addEventListener('click', (event) => {
    const el = event.target.closest?.('[data-tool], [data-thumb], [data-show]');
    if (!el) return;
    if (el.dataset.tool) {
      useTool(el.dataset.tool, $$('img[data-zoomable]', el.closest('figure') ?? document).find(visible));
    } else {
      const img = pictureOf(el);
      if (!show(img)) return; // not a picture: let the link do what it says
      event.preventDefault();
      if (el.dataset.show) focusOn(img.closest('figure'), { preventScroll: true });
    }
  });
  addEventListener('resize', () => pictures().forEach(draw)); // also on full screen
  for (const figure of $$('figure[data-viewer]')) initFigure(figure);
}

function initFigure(figure) {
  let from = null; // where a drag began
  let dragged = false;
  for (const type of ['focusin', 'pointerdown']) {
    figure.addEventListener(type, () => { current = $$('img[data-zoomable]', figure).find(visible); });
  }
  figure.addEventListener('wheel', (event) => { // Ctrl only: a plain wheel scrolls the page
    if (!event.ctrlKey || !event.target.matches('img[data-zoomable]')) return;
    event.preventDefault();
    useTool(event.deltaY < 0 ? 'in' : 'out', event.target);
  }, { passive: false });
  figure.addEventListener('dragstart', (event) => event.preventDefault());
  figure.addEventListener('pointerdown', (event) => {
    const img = event.target;
    dragged = false;
    if (event.button !== 0 || !img.matches('img[data-zoomable]') || viewOf(img).scale === 1) return;
    from = { img, x: event.clientX - viewOf(img).x, y: event.clientY - viewOf(img).y };
    img.setPointerCapture(event.pointerId);
  });
  figure.addEventListener('pointermove', (event) => {
    if (!from) return;
    dragged = true;
    Object.assign(viewOf(from.img), { x: event.clientX - from.x, y: event.clientY - from.y });
    draw(from.img);
  });
  for (const type of ['pointerup', 'pointercancel']) figure.addEventListener(type, () => { from = null; });
  figure.addEventListener('click', (event) => { // the end of a drag follows no link around the picture
    if (dragged && event.target.matches('img')) event.preventDefault();
    dragged = false;
  });
}

// --- Dialogs and palette ----------------------------------------------------

// The help is a popover where its button opened it, a modal dialog where a key did.
const POPOVERS = CSS.supports('selector(:popover-open)');
const dialogIsOpen = () => $('dialog[open]') || (POPOVERS && $('dialog:popover-open'));

function openHelp() {
  const dialog = $('dialog#keys-help');
  dialog?.showModal();
  return Boolean(dialog);
}

let openPalette = () => false; // until initPalette has found one

function initDialogs() {
  const native = 'commandForElement' in HTMLButtonElement.prototype;
  document.addEventListener('click', (event) => {
    const closer = event.target.closest?.('dialog [data-close]');
    if (closer?.closest('dialog').open) { // one shown as a popover closes by itself
      event.preventDefault();
      closer.closest('dialog').close();
      return;
    }
    // Safari 18 and Firefox ESR 140 know no invoker commands.
    const button = native ? null : event.target.closest?.('button[commandfor]');
    const dialog = button && !button.disabled && document.getElementById(button.getAttribute('commandfor'));
    if (!dialog) return;
    if (button.getAttribute('command') === 'show-modal' && !dialog.open) dialog.showModal();
    if (button.getAttribute('command') === 'close') dialog.close();
  });
}

// Menus are <details class="pop">: unlike popovers they stay open by themselves, so
// Esc and a click elsewhere close them. keep is the one to leave open.
function closeMenus(keep) {
  const menus = $$('details.pop[open]').filter((menu) => menu !== keep);
  for (const menu of menus) {
    if (menu.contains(document.activeElement)) $('summary', menu)?.focus();
    menu.open = false;
  }
  return menus.length > 0;
}

function initPalette() {
  const dialog = $('dialog#palette');
  const input = dialog && $('input', dialog);
  const list = dialog && $('[data-commands]', dialog);
  if (!input || !list) return;
  const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
  const links = () => $$('li:not([hidden]) > a', list);

  function filter() {
    const words = plain(input.value).split(/\s+/);
    for (const item of $$('li', list)) {
      const text = plain(item.textContent);
      item.hidden = !words.every((word) => text.includes(word));
    }
    // Marked is what Enter would follow.
    $('a.is-focus', list)?.classList.remove('is-focus');
    if (input.value.trim()) links()[0]?.classList.add('is-focus');
    const none = $('[data-empty]', dialog);
    if (none) none.hidden = links().length > 0;
  }

  openPalette = () => {
    input.value = '';
    filter();
    dialog.showModal();
    input.focus();
    return true;
  };
  input.addEventListener('input', filter);
  list.addEventListener('click', (event) => { if (event.target.closest('a')) dialog.close(); });
  dialog.addEventListener('keydown', (event) => {
    const at = links().indexOf(document.activeElement);
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const to = at + (event.key === 'ArrowDown' ? 1 : -1); // -1 is the input
      (to < 0 ? input : links()[to])?.focus();
    } else if (event.key === 'Enter' && event.target === input) {
      // Nothing found: a form around the input may still search with it.
      if (!input.value.trim() || links().length) event.preventDefault();
      if (input.value.trim()) links()[0]?.click();
    } else if (at >= 0 && (event.key === 'Backspace' || /^\S$/u.test(event.key))) {
      input.focus(); // typing goes on in the field; the character lands there
    }
  });
}

// --- Keys -------------------------------------------------------------------

const keys = {
  j: () => moveRow(1),
  k: () => moveRow(-1),
  x: toggleRow,
  a: () => choose('approve'),
  r: () => choose('reject'),
  '[': () => stepPicture(-1),
  ']': () => stepPicture(1),
  '+': () => useTool('in'),
  '=': () => useTool('in'), // + without Shift on many keyboards
  '-': () => useTool('out'),
  0: () => useTool('reset'),
  t: () => useTool('rotate'),
  i: () => useTool('contrast'),
  f: () => useTool('full'),
  s: () => Boolean($('[data-tool="both"]')) && useTool('both'),
  '?': openHelp,
  '/': () => {
    if (press('/')) return true;
    const box = $$('input[type="search"], input[name="q"]').find(usable);
    box?.focus();
    box?.select();
    return Boolean(box);
  },
};
const REPEATS = ['j', 'k', '[', ']', '+', '=', '-']; // the rest act once, however long they are held
let gAt = -Infinity; // when g was pressed

function singleKey(key, event) {
  if (event.timeStamp - gAt < 1000) { // second key of "g q"; a wrong one does nothing at all
    gAt = -Infinity;
    $(`[data-go="${CSS.escape(key)}"]`)?.click();
    return true;
  }
  if (key === 'g') {
    gAt = event.timeStamp;
    return true;
  }
  const own = Object.hasOwn(keys, key) ? keys[key] : /^[1-9]$/.test(key) && (() => toggleGround(Number(key)));
  return (own && own()) || press(key);
}

function handleKey(event) {
  const el = event.target;
  const chord = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (dialogIsOpen()) return false; // Esc is the dialog's own
  if (pressBeside(event)) return true;
  if (chord && event.key === 'Enter') { // not from fields of other forms, such as the search box
    return !event.repeat && (!isText(el) || el.form === decision) && confirmDecision();
  }
  if (event.key === 'Escape' && closeMenus()) return true;
  const act = event.key === 'Escape' && el.closest('details.instead[open]');
  if (act) { // out of a small form, and it closes; what was typed in it stays
    act.open = false;
    $('summary', act).focus();
    return true;
  }
  if (event.key === 'Escape' && el.id === 'note') { // out of the note, so that keys work again
    focusOn(el.form ?? document.body, { preventScroll: true });
    return true;
  }
  if (isText(el)) return false;
  if (chord && event.key.toLowerCase() === 'k') return openPalette();
  if (document.body.dataset.keys === 'off') return false; // single keys, switched off (WCAG 2.1.4)
  // AltGr is how [ and ] are typed on many keyboards, and looks like Ctrl+Alt on Windows.
  const held = event.ctrlKey || event.altKey || event.metaKey;
  if (event.key.length !== 1 || (held && !event.getModifierState('AltGraph'))) return false;
  const key = event.key.toLowerCase(); // Caps Lock is no reason to fail
  if (event.shiftKey && /\p{L}/u.test(key)) return !event.repeat && atOnce(key);
  if (event.repeat && !REPEATS.includes(key)) return false;
  return singleKey(key, event);
}

function initKeys() {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return; // 229: input methods
    if (handleKey(event)) event.preventDefault();
  });
}

// --- Comforts ---------------------------------------------------------------

// The server's time when the page was drawn tells how wrong the clock here is.
const DRIFT = Date.parse(document.body.dataset.now) - Date.now() || 0;

// The countdown only shows; the server decides.
function initCountdowns() {
  const clocks = $$('[data-countdown]').map((el) => ({ el, end: Date.parse(el.dataset.countdown) - DRIFT }))
    .filter((clock) => !Number.isNaN(clock.end));
  function tick() {
    let next = Infinity; // until the first of them changes its second
    for (const { el, end } of clocks) {
      const rest = end - Date.now();
      const left = Math.ceil(rest / 1000);
      const ends = left <= 0 && $('button', el.closest('form[data-expires]') ?? document.createElement('i'));
      if (ends) ends.disabled = true; // too late: the server would say so too
      if (left <= 0 && 'hides' in el.dataset) hideAgain(el.closest('[data-reveal]'));
      const text = left <= 0 ? el.dataset.expired || 'expired'
        : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
      if (el.textContent !== text) el.textContent = text;
      el.classList.toggle('is-expired', left <= 0);
      if (left > 0) next = Math.min(next, rest % 1000 || 1000);
    }
    if (next < Infinity) setTimeout(tick, next);
  }
  tick();
}

// A revealed field is shown for a minute. Its clear value leaves the page for good.
function hideAgain(row) {
  if (!row) return;
  for (const clear of $$('[data-clear]', row)) clear.remove();
  for (const el of $$('[data-dots], .reveal', row)) el.hidden = false;
  $('.shown', row)?.remove();
  row.removeAttribute('data-reveal');
}

// "2 min ago" stays true while the page is open.
function initAgo() {
  const times = $$('time[data-ago]');
  const tick = () => {
    for (const el of times) {
      const minutes = Math.floor((Date.now() + DRIFT - Date.parse(el.dateTime)) / 60000);
      const text = minutes < 1 ? 'just now' : minutes < 60 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
      if (!Number.isNaN(minutes) && el.textContent !== text) el.textContent = text;
    }
  };
  if (times.length) setInterval(tick, 15000);
}

// A status is read out when it changes, not when it is there from the beginning.
function announce(region) {
  const toasts = [...region.children];
  region.replaceChildren();
  setTimeout(() => {
    region.append(...toasts);
    toasts.forEach(initToast);
  }, 150);
}

// One that offers something stays for as long as that can be had.
function initToast(toast) {
  let left = toast.dataset.until ? Date.parse(toast.dataset.until) - DRIFT - Date.now() : 8000;
  let since = 0;
  let timer = 0;
  const stop = () => {
    if (timer) left -= Date.now() - since;
    clearTimeout(timer);
    timer = 0;
  };
  const start = () => {
    stop();
    if (toast.matches(':hover, :focus-within')) return;
    since = Date.now();
    timer = setTimeout(() => { toast.hidden = true; }, Math.max(left, 1000));
  };
  for (const type of ['pointerenter', 'focusin']) toast.addEventListener(type, stop);
  for (const type of ['pointerleave', 'focusout']) toast.addEventListener(type, () => setTimeout(start));
  start();
}

// A second click sends nothing twice. Only POST: an export by GET leaves the page
// where it is, and its button must live on. The button is disabled after the data
// is gathered, since a disabled one would not send its own value.
function initSubmitGuard() {
  const sent = new Map(); // form -> button
  const restore = () => {
    for (const button of sent.values()) if (button) button.disabled = false;
    sent.clear();
  };
  addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post') return;
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    sent.set(form, event.submitter);
    setTimeout(() => { if (event.submitter && sent.has(form)) event.submitter.disabled = true; });
    setTimeout(restore, 15000); // sending was stopped or failed: what was typed can be sent again
  });
  addEventListener('pageshow', (event) => { if (event.persisted) restore(); });
}

function initTheme() {
  document.addEventListener('change', (event) => {
    const form = event.target.form;
    if (form?.matches('[data-theme-form]') && event.target.name === 'theme') form.requestSubmit();
  });
}

// Copying is a comfort: the text beside the button can be selected by hand. Without
// TLS a browser has no clipboard for pages but on its own machine; the old command
// still works there.
async function copyText(el) {
  try {
    await navigator.clipboard.writeText(el.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(el);
    return document.execCommand('copy');
  }
}

function initCopy() {
  document.addEventListener('click', async (event) => {
    const button = event.target.closest?.('[data-copy]');
    const text = button && document.getElementById(button.dataset.copy);
    if (!text) return;
    const said = $('[role="status"]', button.parentElement);
    said.textContent = '';
    said.textContent = await copyText(text) ? 'Copied' : 'Not copied: select it by hand';
  });
}

// A page that a form has drawn takes the address of what it shows, so that a reload
// sends nothing again.
function initAddress() {
  const here = $('[data-here]')?.dataset.here;
  if (here && location.pathname !== new URL(here, location).pathname) history.replaceState(null, '', here + location.hash);
}

// After an answer, focus goes where the reader must look: the errors, else the part
// that the address names, else the new heading.
function initFocus() {
  const target = $('[data-error-summary]') || $$('[aria-invalid="true"]').find((el) => el.form && visible(el))
    || $('h2[tabindex="-1"][data-focus]') || $('[data-fresh]') || $('[data-reveal]') || (location.hash ? null : $('h1[tabindex="-1"][data-focus]'));
  if (target) focusOn(target);
}

// --- Live -------------------------------------------------------------------
//
// An open page hears when the lists change: the counts beside them follow at once. A
// list under somebody's eyes never moves by itself; a line above it offers the new
// one, and a page that comes back from the background takes it.

function initLive() {
  const counts = $$('[data-count]');
  const note = $('[data-changed]');
  if (!counts.length || !window.EventSource) return;
  let heard = false;
  let stale = false;
  let stream;
  const hear = (event) => {
    const now = JSON.parse(event.data).counts;
    for (const el of counts) {
      const text = now[el.dataset.count] ?? '';
      if (el.textContent !== text) el.textContent = text;
    }
    stale ||= heard;
    heard = true;
    if (stale && note) note.hidden = false;
  };
  // Only the tab in front listens: a browser opens six connections to the desk at most.
  const listen = () => {
    stream?.close();
    if (document.visibilityState !== 'visible') return;
    stream = new EventSource('/live');
    stream.addEventListener('message', hear);
  };
  listen();
  document.addEventListener('visibilitychange', () => {
    listen();
    const busy = $('.c-pick :checked, details.pop[open], dialog[open]') || isText(document.activeElement ?? document.body);
    if (document.visibilityState === 'visible' && stale && note && !busy) location.reload();
  });
  window.addEventListener('pagehide', () => stream?.close());
}

// How many rows are ticked, and one box that ticks them all.
function initPicked() {
  const out = $('[data-picked]');
  if (!out) return;
  const all = $('[data-pick-all]');
  const boxes = $$('[data-row] .c-pick input');
  const tell = ({ target } = {}) => {
    if (all && target === all) for (const box of boxes) box.checked = all.checked;
    const n = boxes.filter((box) => box.checked).length;
    out.textContent = String(n);
    if (all) [all.checked, all.indeterminate] = [n > 0 && n === boxes.length, n > 0 && n < boxes.length];
  };
  document.addEventListener('change', tell);
  tell();
}

// What a word on a finding rests on is told without opening the list. The provider's
// result alone is that, or something else is ticked.
function initRests() {
  for (const box of $$('[data-rests]')) {
    box.addEventListener('change', ({ target }) => {
      const alone = $('[value="provider"]', box);
      for (const tick of $$(':checked', box)) if (tick !== target && (tick === alone) !== (target === alone) && target.checked) tick.checked = false;
      const words = $$(':checked', box).map((tick) => tick.nextElementSibling.textContent);
      $('[data-rests-words]', box).textContent = words.join('; ') || 'nothing yet';
    });
  }
}

function init() {
  document.addEventListener('click', (event) => closeMenus(event.target.closest?.('details.pop')));
  initAddress();
  initDecision();
  initActionBar();
  initViewer();
  initDialogs();
  initPalette();
  initKeys();
  document.addEventListener('focusin', (event) => {
    const row = event.target.closest?.('[data-row]');
    if (row) markRow(row);
  });
  initCountdowns();
  initAgo();
  initLive();
  initPicked();
  initRests();
  $$('.toasts').forEach(announce);
  initCopy();
  initSubmitGuard();
  initTheme();
  initFocus();
}

init();
