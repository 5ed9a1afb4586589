// One message as an article. Texts reach the document as text nodes only.

import { decimal, make, me, say, timeOf } from './page.js';

// The styles a button may carry, and how they look. The word carries the meaning.
const styles = new Map([
  ['primary', 'primary'], ['danger', 'danger'],
  ...['agree', 'note', 'abstain', 'object', 'block'].map((position) => [position, `says says-${position}`]),
]);

const commandInText = /(^|[\s(])(\/[a-z]{2,}(?: [A-Z]?\d+(?:\.\d+)*)?)(?![\w/])/g;

// article builds the message; use gets what the person does with it: press(button, element), fill(text).
export function article(id, m, use) {
  const when = new Date(m.at);
  const mine = m.author === me.name;
  const kind = m.author ? `person${mine ? ' mine' : ''}` : `bot tone-${m.tone || 'none'}${m.card ? ' card' : ''}`;
  const a = make('article', {
    class: `message ${kind}${m.failed ? ' failed' : ''}`, id: `${use.chat}-${id}`, 'data-id': id, tabindex: '-1',
    'aria-label': say('message.by', { name: m.author || 'Klaster', time: timeOf(when) }),
  });
  a.append(from(m, when));
  const bubble = make('div', { class: 'bubble' }, body(m, use));
  if (m.file) bubble.append(attachment(m.file));
  if (m.buttons?.length) bubble.append(buttons(id, m.buttons, use));
  a.append(bubble);
  if (m.failed) a.append(make('p', { class: 'note' }, say('message.failed')));
  return a;
}

function from(m, when) {
  const head = make('p', { class: 'from' }, make('b', {}, make('bdi', {}, m.author || 'Klaster')));
  if (!m.author) head.append(make('span', { class: 'kind' }, say('message.bot')));
  head.append(make('time', { datetime: m.at }, timeOf(when)));
  if (m.to) head.append(make('span', {}, ...around('message.to', 'name', make('bdi', {}, m.to))));
  const updated = m.updated ? timeOf(new Date(m.updated)) : timeOf(when);
  if (updated !== timeOf(when)) head.append(make('span', { class: 'updated' }, say('message.updated', { time: updated })));
  return head;
}

// around puts an element into a sentence's place.
function around(key, place, element) {
  const [before, after] = say(key).split(`{${place}}`);
  return [before, element, after ?? ''];
}

function body(m, use) {
  const out = make('div', { class: `body${m.author ? ' user' : ''}` });
  let list = null;
  for (const b of m.blocks ?? []) {
    const tag = b.kind === 'quote' ? 'blockquote' : b.kind === 'item' ? 'li' : 'p';
    const spans = joined(b.spans ?? []);
    const numbered = tag === 'li' && /^\d+\. /.test(spans[0]?.text ?? ''); // a rank needs no bullet beside it
    const e = make(tag, { dir: 'auto', class: numbered ? 'numbered' : undefined }, ...spans.flatMap((s) => span(s, m, use)));
    if (b.kind !== 'item') {
      list = null;
      out.append(e);
      continue;
    }
    if (!list) out.append((list = make('ul')));
    list.append(e);
  }
  return out;
}

// joined makes neighbouring plain words one, so that a command and its number are pressed together.
function joined(spans) {
  const out = [];
  for (const s of spans) {
    const last = out.at(-1);
    if (s.kind === 'plain' && last?.kind === 'plain') out[out.length - 1] = { ...last, text: (last.text ?? '') + (s.text ?? '') };
    else out.push(s);
  }
  return out;
}

function span(s, m, use) {
  const text = s.text ?? '';
  switch (s.kind) {
    case 'bold': return [make('b', {}, text)];
    case 'italic': return [make('em', {}, text)];
    case 'break': return [make('br')];
    case 'time': return [make('time', {}, text)];
    case 'person': return [make('bdi', { class: s.ping ? `ping${s.ping === me.name ? ' me' : ''}` : undefined }, text)];
    case 'code': return [m.author ? text : fill(text, use)];
    case 'link': return [link(s.url, text)];
  }
  return m.author ? [text] : linked(text, use);
}

const receipt = /(\d+-[A-Z2-7]{6})(?![A-Z0-9])/;

// whole keeps receipts in one line: a hyphen at the end of a line reads as one of hyphenation.
export function whole(text) {
  return text.split(receipt).map((part, n) => (n % 2 ? make('span', { class: 'whole' }, part) : part));
}

// linked makes the commands in a text of the bot pressable: they go to the message field.
function linked(text, use) {
  const out = [];
  let at = 0;
  for (const found of text.matchAll(commandInText)) {
    const start = found.index + found[1].length;
    out.push(...whole(text.slice(at, start)), fill(found[2], use));
    at = start + found[2].length;
  }
  out.push(...whole(text.slice(at)));
  return out;
}

function fill(text, use) {
  const b = make('button', { type: 'button', class: 'fill', 'aria-label': say('message.fill', { text }) }, text);
  b.addEventListener('click', () => use.fill(text));
  return b;
}

// link opens addresses of web pages only.
function link(url, text) {
  if (!/^https?:\/\//i.test(url ?? '')) return text;
  return make('a', { href: url, target: '_blank', rel: 'noopener noreferrer nofollow' }, text);
}

function buttons(id, rows, use) {
  const all = make('div', { class: 'buttons' });
  for (const row of rows) {
    const line = make('div', { class: 'row' });
    for (const b of row) line.append(button(id, b, use));
    all.append(line);
  }
  return all;
}

function button(id, b, use) {
  if (b.url) {
    if (!/^https?:\/\//i.test(b.url)) return '';
    return make('a', { class: 'leads', href: b.url, target: '_blank', rel: 'noopener noreferrer nofollow', title: say('message.opens_page') }, b.label);
  }
  const e = make('button', {
    type: 'button', class: b.private ? 'leads' : styles.get(b.style), 'data-press': b.data ?? b.private,
    title: b.private ? say('message.opens_private') : undefined,
  }, b.label);
  e.addEventListener('click', () => use.press(id, b, e));
  return e;
}

function attachment(f) {
  const href = `/file/${encodeURIComponent(f.id)}`;
  if (f.image) {
    return make('a', { class: 'picture', href, target: '_blank', rel: 'noopener' }, make('img', { src: href, alt: say('message.picture', { name: f.name }) }));
  }
  const kb = Math.max(1, Math.round(f.size / 1024));
  const size = kb < 1000 ? say('message.kb', { size: decimal(kb) }) : say('message.mb', { size: decimal(f.size / 1048576) });
  return make('a', { class: 'attachment', href, download: f.name }, make('bdi', {}, f.name), make('small', {}, size));
}
