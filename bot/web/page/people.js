// The list of persons seen in the room. The address says who one is, so a person is a link.

import { make, me, say } from './page.js';

export function showPeople(people) {
  document.getElementById('people').replaceChildren(...people.map(entry));
  document.getElementById('me-admin').hidden = !people.some((p) => p.admin && p.name === me.name);
}

function entry(p) {
  const address = `/?${new URLSearchParams({ as: p.name, lang: me.lang, room: me.room })}`;
  const here = p.name === me.name;
  const name = make('a', { class: 'name', href: address, 'aria-current': here ? 'true' : undefined }, make('bdi', {}, p.name));
  if (p.admin) name.append(make('span', { class: 'badge' }, say('people.admin')));
  if (here) name.append(make('span', { class: 'here' }, say('people.here')));
  const tab = make('a', { class: 'tab', href: address, target: '_blank', rel: 'noopener', 'aria-label': say('people.tab', { name: p.name }), title: say('people.tab', { name: p.name }) }, '↗');
  return make('li', {}, name, tab);
}

// The sheet closes like other sheets do.
export function closable(details) {
  document.addEventListener('click', (e) => { if (details.open && !details.contains(e.target)) details.open = false; });
  details.addEventListener('keydown', (e) => {
    if (e.key !== 'Escape' || !details.open) return;
    details.open = false;
    details.querySelector('summary').focus();
  });
}
