// One of the two conversations: its lines, where it is scrolled to, and what the bot waits for.

import { article } from './message.js';
import { dayOf, make, me } from './page.js';

const kept = 500;
const near = 96; // pixels from the end that count as the end
const margin = 8; // pixels above what is read from its beginning
const sameBreath = 5 * 60 * 1000;

export class Conversation {
  // use: chat ("group", "private"), press(id, button, element), fill(text), asked(hint), arrived(count).
  constructor(section, use) {
    this.use = use;
    this.section = section;
    this.scroll = section.querySelector('.scroll');
    this.log = section.querySelector('.log');
    this.empty = section.querySelector('.empty');
    this.pill = section.querySelector('.pill');
    this.messages = new Map(); // id -> message, in the order of ids
    this.pill.addEventListener('click', () => {
      this.toEnd();
      this.scroll.focus({ preventScroll: true });
    });
    this.scroll.addEventListener('scroll', () => {
      if (this.atEnd()) this.pill.hidden = true;
    }, { passive: true });
    // The keyboard and the growing composer take room: who was at the end stays there.
    this.stuck = true;
    this.scroll.addEventListener('scroll', () => { this.stuck = this.atEnd(); }, { passive: true });
    new ResizeObserver(() => { if (this.stuck) this.toEnd(); }).observe(this.scroll);
    this.head = null; // the first article that came while the conversation could not be seen
  }

  atEnd() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < near;
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.stuck = true;
    this.pill.hidden = true;
  }

  // reveal goes to the end, but no further than to the beginning of an article: what is long is read from there.
  reveal(head) {
    if (this.scroll.clientHeight === 0) { // behind the other tab
      this.head ??= head;
      return;
    }
    this.head = null;
    this.toEnd();
    if (!head?.isConnected) return;
    const above = this.scroll.getBoundingClientRect().top + margin - head.getBoundingClientRect().top;
    if (above <= 0) return;
    this.scroll.scrollTop -= above;
    this.stuck = this.atEnd();
  }

  // shown: the conversation has come forward.
  shown() {
    if (this.stuck) this.reveal(this.head);
  }

  // take shows new and changed lines. first: the page has just been told everything.
  take(lines, first) {
    if (first) this.forget();
    const follow = first || this.stuck || this.atEnd();
    let fresh = 0;
    let own = false;
    let head = null; // where reading begins
    for (const { id, message } of lines) {
      const known = this.messages.has(id);
      const read = known && this.begins(id);
      const now = this.show(id, message, known);
      if (!message.author && (first || (read && now === this.log.lastElementChild))) head = now;
      else if (!message.author && !known) head ??= now;
      if (known) continue;
      if (message.author === me.name) own = true;
      else fresh++;
    }
    this.trim();
    this.empty.hidden = this.messages.size > 0;
    this.use.asked(this.hint());
    if (follow || own) this.reveal(head);
    else if (fresh > 0) this.pill.hidden = false;
    if (fresh > 0 && !first) this.use.arrived(fresh);
  }

  forget() {
    this.messages.clear();
    this.log.replaceChildren();
  }

  show(id, message, known) {
    this.messages.set(id, message);
    const now = article(id, message, this.use);
    if (known) {
      const old = this.article(id);
      this.replace(old, now);
      return old;
    }
    let next = null; // the first article with a greater id; nearly always none
    for (let e = this.log.lastElementChild; e; e = e.previousElementSibling) {
      if (e.dataset.id === undefined) continue;
      if (Number(e.dataset.id) < id) break;
      next = e;
    }
    this.log.insertBefore(now, next);
    this.settle(now);
    if (next) {
      this.messages = new Map([...this.messages].sort(([a], [b]) => a - b));
      this.settle(next);
    }
    return now;
  }

  article(id) {
    return this.log.querySelector(`:scope > [data-id="${id}"]`);
  }

  // begins: the beginning of an article can be seen.
  begins(id) {
    return this.article(id).getBoundingClientRect().top >= this.scroll.getBoundingClientRect().top;
  }

  // button finds the button of a message again, also after the message has been replaced.
  button(id, data) {
    return [...this.log.querySelectorAll(`:scope > [data-id="${id}"] [data-press]`)].find((b) => b.dataset.press === data);
  }

  // replace changes an article in place and keeps the keyboard where it was; a button that waits goes on waiting.
  replace(old, now) {
    const waiting = new Set([...old.querySelectorAll('[data-press]:disabled')].map((b) => b.dataset.press));
    for (const b of now.querySelectorAll('[data-press]')) b.disabled = waiting.has(b.dataset.press);
    const press = old.contains(document.activeElement) ? document.activeElement.dataset.press : undefined;
    const follows = old.classList.contains('follows');
    old.setAttribute('aria-live', 'off'); // a board that counts on is not read out again
    old.className = now.className;
    old.classList.toggle('follows', follows);
    old.setAttribute('aria-label', now.getAttribute('aria-label'));
    old.replaceChildren(...now.childNodes);
    if (press !== undefined) (this.button(old.dataset.id, press) ?? old).focus({ preventScroll: true });
  }

  // settle groups what one person says in a breath, and puts the date where a day begins.
  settle(e) {
    let before = e.previousElementSibling;
    if (before?.classList.contains('day')) {
      before.remove();
      before = e.previousElementSibling;
    }
    const m = this.messages.get(Number(e.dataset.id));
    const last = before ? this.messages.get(Number(before.dataset.id)) : undefined;
    const newDay = !last || new Date(last.at).toDateString() !== new Date(m.at).toDateString();
    if (newDay) e.before(make('p', { class: 'day' }, dayOf(new Date(m.at))));
    e.classList.toggle('follows', !newDay && !!m.author && last.author === m.author && new Date(m.at) - new Date(last.at) < sameBreath);
  }

  trim() {
    while (this.messages.size > kept) {
      const [id] = this.messages.keys();
      this.messages.delete(id);
      this.log.querySelector(`:scope > [data-id="${id}"]`)?.remove();
      while (this.log.firstElementChild?.classList.contains('day') && !this.log.children[1]?.dataset.id) this.log.firstElementChild.remove();
    }
  }

  // hint is what the bot waits for from this person: its last question that the person has not answered.
  hint() {
    const all = [...this.messages.values()];
    for (let i = all.length - 1; i >= 0; i--) {
      const m = all[i];
      if (m.author === me.name) return '';
      if (m.ask && (!m.for || m.for === me.name)) return m.ask;
    }
    return '';
  }
}
