// The part of the APIs' description that tries things: it fills the forms in with
// what the page's memory holds (tokens stay there and go nowhere else), sends them to
// this origin, and shows what came back. It only ever writes text into the page.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// make builds an element out of its parts; texts become text.
function make(name, attributes = {}, ...parts) {
  const el = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) el.setAttribute(key, value);
  el.append(...parts);
  return el;
}

// request reads a form into what fetch takes.
function request(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = new Headers();
  for (const field of $$('[data-in]', form)) {
    const { name, value } = field;
    if (field.dataset.in === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (value !== '' && field.dataset.in === 'query') query.set(name, value);
    else if (value !== '' && field.dataset.in === 'header') headers.set(name, value);
  }
  const token = form.dataset.uses && $(`[data-token="${form.dataset.uses}"]`).value.trim();
  if (token) headers.set('Authorization', `Bearer ${token}`);
  const options = { method: form.dataset.try, headers, credentials: 'omit', cache: 'no-store', redirect: 'manual' };
  const body = $('[data-body]', form)?.value ?? '';
  if (body.trim() !== '') {
    headers.set('Content-Type', form.dataset.media);
    options.body = body;
  }
  return [query.size ? `${path}?${query}` : path, options];
}

// pretty indents JSON, and leaves what is none as it is.
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const SHOWN = ['content-type', 'retry-after', 'www-authenticate', 'etag', 'x-request-id'];

function show(result, asked, answer, text) {
  const tone = answer.ok ? 'ok' : answer.status < 500 ? 'warn' : 'bad';
  const headers = SHOWN.filter((name) => answer.headers.has(name)).map((name) => `${name}: ${answer.headers.get(name)}`);
  result.replaceChildren(
    make('p', { class: 'where' }, make('span', { class: 'status', 'data-is': tone }, String(answer.status)), make('code', {}, asked)),
    make('pre', { class: 'raw', tabindex: '0', 'aria-label': 'Headers' }, headers.join('\n')),
    make('pre', { class: 'raw', tabindex: '0', 'aria-label': 'Body' }, pretty(text)),
  );
}

// keep takes a token that was just issued into the field for tokens.
function keep(path, text) {
  const field = { '/oauth/token': 'cybrid', '/auth': 'coinify' }[path];
  if (!field) return false;
  $(`[data-token="${field}"]`).value = JSON.parse(text).access_token;
  return true;
}

async function send(form) {
  const result = $('[data-result]', form);
  const button = $('button', form);
  const [path, options] = request(form);
  button.disabled = true;
  try {
    const answer = await fetch(path, options);
    const text = await answer.text();
    show(result, `${options.method} ${path}`, answer, text);
    if (answer.ok && keep(form.dataset.path, text)) {
      result.append(make('p', { class: 'mid' }, 'The token is now among your tokens above.'));
    }
  } catch {
    result.replaceChildren(make('p', { class: 'mid' }, 'The desk did not answer. Is the network up?'));
  } finally {
    button.disabled = false;
  }
}

document.addEventListener('submit', (event) => {
  const form = event.target.closest('[data-try]');
  if (!form) return;
  event.preventDefault();
  send(form);
});

// The contents lie open where there is room for them.
const toc = $('[data-toc]');
const wide = matchMedia('(width >= 64rem)');
const fit = () => { toc.open = wide.matches; };
wide.addEventListener('change', fit);
fit();
toc.addEventListener('click', (event) => { if (!wide.matches && event.target.closest('a')) toc.open = false; });
