// The message field of one conversation. What was not confirmed stays in it.

import { decimal, limits, newId, say, send } from './page.js';
import { Menu } from './menu.js';

export class Composer {
  constructor(section, chat) {
    this.chat = chat;
    this.form = section.querySelector('.composer');
    this.field = this.form.querySelector('textarea');
    this.picker = this.form.querySelector('input[type=file]');
    this.button = this.form.querySelector('.send');
    this.trouble = this.form.querySelector('.trouble');
    this.attached = this.form.querySelector('.attached');
    this.menu = new Menu(this.field, this.form.querySelector('.menu'), chat);
    this.placeholder = this.field.placeholder;
    this.tried = null; // the last attempt that failed: {id, text, file}
    this.form.addEventListener('submit', (e) => { e.preventDefault(); this.submit(); });
    this.field.addEventListener('input', () => { this.grow(); this.menu.refresh(); });
    this.field.addEventListener('keydown', (e) => this.key(e));
    // Some keyboards insert the line break although the key press was taken for something else.
    this.field.addEventListener('beforeinput', (e) => { if (this.taken && e.inputType === 'insertLineBreak') e.preventDefault(); });
    this.field.addEventListener('keyup', () => { this.taken = false; });
    this.form.querySelector('.commands').addEventListener('click', () => this.offerCommands());
    this.form.querySelector('.attach').addEventListener('click', () => this.picker.click());
    this.picker.addEventListener('change', () => this.showAttached());
    this.form.querySelector('.detach').addEventListener('click', () => { this.detach(); this.field.focus(); });
  }

  key(e) {
    this.taken = false;
    if (e.isComposing) return;
    if (this.menu.key(e)) {
      this.taken = e.key === 'Enter';
      return;
    }
    // On a phone's keyboard Enter makes a new line; there is a button for sending.
    if (e.key !== 'Enter' || e.shiftKey || matchMedia('(pointer: coarse)').matches) return;
    e.preventDefault();
    this.taken = true;
    this.submit();
  }

  offerCommands() {
    if (this.field.value === '' || this.field.value === '/') {
      this.menu.dismissed = '';
      this.field.value = '/';
    }
    this.field.focus();
    this.field.dispatchEvent(new Event('input'));
  }

  // asked shows what the bot waits for.
  asked(hint) {
    this.field.placeholder = hint || this.placeholder;
    this.form.classList.toggle('asked', hint !== '');
  }

  fill(text) {
    this.field.value = text;
    this.field.focus();
    this.field.setSelectionRange(text.length, text.length);
    this.grow();
  }

  grow() {
    this.field.style.height = 'auto';
    this.field.style.height = `${this.field.scrollHeight + 2}px`;
  }

  complain(sentence) {
    this.trouble.hidden = sentence === '';
    this.trouble.textContent = sentence;
  }

  showAttached() {
    const file = this.picker.files[0];
    this.attached.hidden = !file;
    this.attached.querySelector('span').textContent = file ? say('composer.attached', { name: file.name }) : '';
    this.complain(file && file.size > limits.file ? say('error.file_big', { max: Math.floor(limits.file / 1048576) }) : '');
  }

  detach() {
    this.picker.value = '';
    this.showAttached();
  }

  async submit() {
    const text = this.field.value.trim();
    const file = this.picker.files[0];
    if (this.button.disabled || (text === '' && !file)) return this.field.focus();
    if ([...text].length > limits.typed) return this.complain(say('error.too_long', { max: decimal(limits.typed) }));
    const again = this.tried && this.tried.text === text && this.tried.file === file;
    const attempt = again ? this.tried : { id: newId(), text, file };
    this.menu.close();
    this.busy(true);
    const failed = await send(file ? '/upload' : '/say', { id: attempt.id, chat: this.chat, text }, file);
    this.busy(false);
    this.complain(failed);
    this.tried = failed ? attempt : null;
    if (!failed) {
      if (this.field.value.trim() === text) this.field.value = '';
      this.detach();
      this.grow();
    }
    this.field.focus();
  }

  busy(now) {
    this.button.disabled = now;
    this.form.setAttribute('aria-busy', String(now));
  }

  // run sends a command for the person and leaves what is half typed alone; if that fails and the field is free, it
  // stays there for another try.
  async run(text) {
    const attempt = { id: newId(), text, file: undefined };
    const failed = await send('/say', { id: attempt.id, chat: this.chat, text });
    this.complain(failed);
    if (!failed || this.field.value !== '') return;
    this.tried = attempt;
    this.fill(text);
  }
}
