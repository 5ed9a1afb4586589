// What the browser tests know inside the page: finding, pressing, and watching for what must never be there.
window.e2e = {
  trouble: [], // what was wrong at any time
  why: '',
  known: { group: new Map(), private: new Map() }, // what each message said when the person last acted

  articles(chat) { return [...document.querySelectorAll(`#${chat} article`)]; },
  text(a) { return a.querySelector('.bubble').textContent; },
  snapshot() {
    for (const chat of ['group', 'private']) this.known[chat] = new Map(this.articles(chat).map((a) => [a.dataset.id, this.text(a)]));
  },
  shows(chat, words) { return this.articles(chat).some((a) => !a.matches('.mine') && words.every((w) => this.text(a).includes(w))); },
  fresh(chat, words) {
    return this.articles(chat).some((a) => !a.matches('.mine') && this.known[chat].get(a.dataset.id) !== this.text(a) && words.every((w) => this.text(a).includes(w)));
  },
  open(chat) {
    if (document.getElementById(chat).checkVisibility()) return;
    document.querySelector(`.tabs [data-tab=${chat}]`).click();
  },
  ready(chat) { // the message field has the focus and is empty
    this.open(chat);
    const field = document.getElementById(`say-${chat}`);
    field.value = '';
    field.focus();
    this.snapshot();
  },
  find(chat, label, words = '') {
    const fits = label.endsWith('*') ? (b) => b.textContent.startsWith(label.slice(0, -1)) : (b) => b.textContent === label;
    return this.articles(chat).filter((a) => this.text(a).includes(words)).flatMap((a) => [...a.querySelectorAll('.buttons button')]).filter(fits).at(-1);
  },
  press(chat, label, words) {
    this.open(chat);
    const b = this.find(chat, label, words);
    this.why = !b ? 'there is none' : b.disabled ? 'it is resting' : '';
    if (this.why) return false;
    b.scrollIntoView({ block: 'center' });
    const r = b.getBoundingClientRect();
    const hit = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
    this.why = hit && b.contains(hit) ? '' : `it is covered by ${hit?.outerHTML.slice(0, 200)}`;
    if (this.why) return false;
    this.hush();
    this.snapshot();
    b.click();
    return true;
  },
  hush() { // takes the toast away, so that the next one is known to be new
    const toast = document.getElementById('toast');
    toast.style.transition = 'none';
    toast.textContent = '';
    toast.classList.remove('shown');
  },
  before(chat, label) { // the focus is on the message with the button, before its buttons
    this.open(chat);
    this.snapshot();
    this.hush();
    const a = this.find(chat, label).closest('article');
    a.scrollIntoView({ block: 'center' });
    a.focus();
  },
  dump() {
    return ['group', 'private'].map((chat) => `--- ${chat}\n` + this.articles(chat).slice(-6).map((a) => `${a.getAttribute('aria-label')}: ${[...a.querySelectorAll('.body > *, li, .buttons button')].filter((e) => e.tagName !== 'UL').map((e) => (e.tagName === 'BUTTON' ? `[${e.textContent}]` : e.textContent)).join(' | ')}`).join('\n')).join('\n') + `\ntoast: ${document.getElementById('toast').textContent}`;
  },
  check() {
    const wrong = (what) => { if (this.trouble.length < 20 && !this.trouble.includes(what)) this.trouble.push(what); };
    for (const e of [document.documentElement, ...document.querySelectorAll('.scroll, .sheet, .composer, article, .bubble, .buttons')]) {
      if (e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0) wrong(`sideways: ${e.scrollWidth} in ${e.clientWidth}: ${e.outerHTML.slice(0, 160)}`);
    }
    for (const a of document.querySelectorAll('article:not([aria-label]), article[aria-label=""]')) wrong(`no label: ${a.outerHTML.slice(0, 160)}`);
    for (const a of document.querySelectorAll('article')) {
      const s = a.querySelector('.bubble').textContent;
      if (/%!|<no value>|\{\{|\bundefined\b|\[object |\bNaN\b/.test(s)) wrong(`words: ${s.slice(0, 300)}`);
      if (a.matches('.bot') && /\bkamu\b|\bAnda\b|\bharap\b/i.test(s)) wrong(`register: ${s.slice(0, 300)}`);
    }
  },
};
document.addEventListener('DOMContentLoaded', () => {
  let due = false;
  const look = () => { due = false; e2e.check(); };
  new MutationObserver(() => { if (!due) { due = true; requestAnimationFrame(look); } }).observe(document.body, { subtree: true, childList: true, attributes: true });
});
