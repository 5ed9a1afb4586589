// What the page knows of itself: who it is for, its sentences, and how it speaks to the server.

export const me = {
  room: document.body.dataset.room,
  name: document.body.dataset.name,
  lang: document.body.dataset.lang,
};

export const limits = { typed: Number(document.body.dataset.limit), file: Number(document.body.dataset.maxFile) };

const words = JSON.parse(document.getElementById('words').textContent);

// say is the sentence of a key, with its {places} filled.
export function say(key, places = {}) {
  let s = words[key] ?? key;
  for (const [name, value] of Object.entries(places)) s = s.replaceAll(`{${name}}`, value);
  return s;
}

// make builds an element. Strings become text, never markup.
export function make(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) e.setAttribute(name, '');
    else if (value !== false && value !== undefined && value !== null) e.setAttribute(name, value);
  }
  e.append(...children.filter((c) => c !== null && c !== undefined));
  return e;
}

const locale = me.lang === 'id' ? 'id-ID' : 'en-GB';
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

export const timeOf = (when) => clock.format(when);

export function dayOf(when) {
  const day = (d) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
  const ago = Math.round((day(new Date()) - day(when)) / 86400000);
  return ago === 0 ? say('day.today') : ago === 1 ? say('day.yesterday') : date.format(when);
}

export function decimal(n) {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(n);
}

// newId names one message or press; a second try uses the same.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const h = [...b].map((x) => x.toString(16).padStart(2, '0')).join('');
  return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join('-');
}

// send posts to the server. It resolves to '' when all is durable, else to the sentence for the person.
export async function send(path, fields, file) {
  const all = { room: me.room, as: me.name, lang: me.lang, ...fields };
  const ask = () => {
    const init = { method: 'POST', credentials: 'same-origin', cache: 'no-store' };
    if (file) {
      init.body = new FormData();
      for (const [name, value] of Object.entries(all)) init.body.append(name, value);
      init.body.append('file', file);
    } else {
      init.headers = { 'Content-Type': 'application/json' };
      init.body = JSON.stringify(all);
    }
    return fetch(`${path}?lang=${me.lang}`, init);
  };
  try {
    let answer = await ask();
    if (answer.status === 403 && (await renew())) answer = await ask();
    if (answer.ok) return '';
    return (await answer.json()).error || say('error.internal');
  } catch {
    return say(path === '/tap' ? 'error.offline.tap' : 'error.offline');
  }
}

// renew fetches the secret of a bot that was started again since this page was loaded.
export async function renew() {
  try {
    return (await fetch(location.href, { credentials: 'same-origin', cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}
