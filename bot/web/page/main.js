// The room: two conversations, their composers, the tabs between them on small screens, and one stream for all.

import { Composer } from './composer.js';
import { Conversation } from './conversation.js';
import { closable, showPeople } from './people.js';
import { whole } from './message.js';
import { newId, say, send } from './page.js';
import { Stream } from './stream.js';

const room = document.body;
const wide = matchMedia('(min-width: 1000px)');
const composers = {};
const conversations = {};
const unread = { group: 0, private: 0 };

for (const chat of ['group', 'private']) {
  const section = document.getElementById(chat);
  const composer = new Composer(section, chat);
  composers[chat] = composer;
  conversations[chat] = new Conversation(section, {
    chat,
    press: (id, button, element) => press(chat, id, button, element),
    fill: (text) => composer.fill(text),
    asked: (hint) => composer.asked(hint),
    arrived: (count) => arrived(chat, count),
  });
  tab(chat).addEventListener('click', () => show(chat));
}
document.querySelector('.begin').addEventListener('click', () => composers.group.run(say('empty.group.command')));
closable(document.getElementById('who'));

function tab(chat) {
  return document.querySelector(`.tabs [data-tab=${chat}]`);
}

// show brings a conversation forward where only one fits.
function show(chat) {
  room.dataset.shown = chat;
  for (const other of ['group', 'private']) {
    if (other === chat) tab(other).setAttribute('aria-current', 'true');
    else tab(other).removeAttribute('aria-current');
  }
  unread[chat] = 0;
  mark(chat);
  conversations[chat].shown();
}

function arrived(chat, count) {
  if (wide.matches || room.dataset.shown === chat) return;
  unread[chat] += count;
  mark(chat);
}

function mark(chat) {
  const badge = tab(chat).querySelector('.unread');
  badge.hidden = unread[chat] === 0;
  badge.textContent = unread[chat] > 99 ? '99+' : String(unread[chat]);
  if (unread[chat] > 0) badge.setAttribute('aria-label', say('tabs.unread', { count: unread[chat] }));
}
wide.addEventListener('change', () => { if (wide.matches) for (const chat of ['group', 'private']) { unread[chat] = 0; mark(chat); } });

// press sends a button's data, or runs its command in the private conversation. The button rests meanwhile.
async function press(chat, id, button, element) {
  settle();
  element.disabled = true;
  if (button.private) {
    show('private');
    await composers.private.run(button.private);
  } else {
    const tap = newId();
    taps.add(tap);
    const failed = await send('/tap', { id: tap, chat, line: id, data: button.data });
    if (failed) toast(failed);
  }
  const now = conversations[chat].button(id, element.dataset.press);
  if (now) now.disabled = false;
  // A resting button lost the keyboard's focus; give it back unless the person has gone elsewhere.
  const left = document.activeElement !== document.body && document.activeElement !== now;
  if (!left && !button.private) (now ?? document.getElementById(`${chat}-${id}`))?.focus({ preventScroll: true });
}

const taps = new Set(); // presses of this page; the toast of another tab's press is not for us
let hide;

// toast shows a quick answer for as long as it takes to read, at most eight seconds; whatever is done next takes it away,
// so that an old answer never stands beside a new one.
function toast(text) {
  const t = document.getElementById('toast');
  clearTimeout(hide);
  t.replaceChildren(...whole(text));
  t.classList.add('shown');
  hide = setTimeout(settle, Math.min(8000, Math.max(3000, text.length * 50)));
}

function settle() {
  clearTimeout(hide);
  document.getElementById('toast').classList.remove('shown');
}
for (const action of ['submit', 'pointerdown']) document.addEventListener(action, settle, true);

function state(now) {
  const s = document.getElementById('status');
  if (s.dataset.state === now) return;
  s.dataset.state = now;
  s.querySelector('.words').textContent = say(`status.${now}`);
}

new Stream({
  state,
  room: ({ people, menu }) => {
    showPeople(people);
    for (const c of Object.values(composers)) c.menu.know(menu);
  },
  lines: ({ reset, group, private: personal }) => {
    conversations.group.take(group, reset);
    conversations.private.take(personal, reset);
    room.dataset.ready = 'true';
  },
  toast: ({ tap, text }) => {
    if (!taps.delete(tap) || !text) return;
    toast(text);
  },
});
