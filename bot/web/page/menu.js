// The list of commands above the message field: typing "/" opens it, arrows choose, Enter or Tab takes, Escape closes.

import { make } from './page.js';

export class Menu {
  constructor(field, list, chat) {
    this.field = field;
    this.list = list;
    this.chat = chat;
    this.commands = [];
    this.shown = [];
    this.chosen = -1;
    this.dismissed = '';
    list.addEventListener('mousedown', (e) => e.preventDefault()); // the field keeps the focus
    list.addEventListener('click', (e) => {
      const option = e.target.closest('[role=option]');
      if (option) this.take(Number(option.dataset.index));
    });
    field.addEventListener('blur', () => this.close());
  }

  know(commands) {
    this.commands = commands.filter((c) => c[this.chat]);
  }

  get open() {
    return !this.list.hidden;
  }

  // refresh shows the commands that fit what is typed.
  refresh() {
    const typed = this.field.value;
    if (!/^\/\S*$/.test(typed) || typed === this.dismissed) return this.close();
    this.dismissed = '';
    const word = typed.slice(1).toLowerCase();
    this.shown = this.commands.filter((c) => c.name.startsWith(word));
    if (this.shown.length === 0 || (this.shown.length === 1 && this.shown[0].name === word)) return this.close();
    this.list.replaceChildren(...this.shown.map((c, i) => make('li', { role: 'option', id: `${this.list.id}-${i}`, 'data-index': i, 'aria-selected': 'false' }, make('b', {}, `/${c.name}`), make('span', {}, c.about))));
    this.list.hidden = false;
    this.field.setAttribute('aria-expanded', 'true');
    this.choose(0);
  }

  choose(i) {
    this.chosen = i;
    [...this.list.children].forEach((li, n) => li.setAttribute('aria-selected', String(n === i)));
    this.field.setAttribute('aria-activedescendant', `${this.list.id}-${i}`);
    this.list.children[i]?.scrollIntoView({ block: 'nearest' });
  }

  close() {
    this.list.hidden = true;
    this.field.setAttribute('aria-expanded', 'false');
    this.field.removeAttribute('aria-activedescendant');
  }

  take(i) {
    this.field.value = `/${this.shown[i].name} `;
    this.close();
    this.field.focus();
    this.field.dispatchEvent(new Event('input'));
  }

  // key handles a key press; true when it was meant for the list.
  key(e) {
    if (!this.open) return false;
    const n = this.shown.length;
    switch (e.key) {
      case 'ArrowDown': this.choose((this.chosen + 1) % n); break;
      case 'ArrowUp': this.choose((this.chosen + n - 1) % n); break;
      case 'Home': this.choose(0); break;
      case 'End': this.choose(n - 1); break;
      case 'Enter': case 'Tab': if (e.shiftKey) return false; this.take(this.chosen); break;
      case 'Escape': this.dismissed = this.field.value; this.close(); break;
      default: return false;
    }
    e.preventDefault();
    return true;
  }
}
