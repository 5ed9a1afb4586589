// The stream of events from the server. The browser reconnects by itself after a cut; after a restart of the bot the
// page fetches the new secret first. Hidden pages let go of their stream: a browser allows six to one server.

import { me, renew } from './page.js';

const hiddenFor = 3000;

export class Stream {
  // on: room(list), lines(batch), toast(answer), state("online" | "offline")
  constructor(on) {
    this.on = on;
    this.last = '';
    this.wait = 1000;
    document.addEventListener('visibilitychange', () => this.visibility());
    this.connect();
  }

  connect() {
    clearTimeout(this.retry);
    this.source?.close();
    const q = new URLSearchParams({ room: me.room, as: me.name, lang: me.lang });
    if (this.last) q.set('after', this.last);
    const s = new EventSource(`/events?${q}`);
    this.source = s;
    s.addEventListener('open', () => {
      this.wait = 1000;
      this.on.state('online');
    });
    s.addEventListener('room', (e) => this.on.room(JSON.parse(e.data)));
    s.addEventListener('lines', (e) => {
      this.last = e.lastEventId;
      this.on.lines(JSON.parse(e.data));
    });
    s.addEventListener('toast', (e) => this.on.toast(JSON.parse(e.data)));
    s.addEventListener('error', () => {
      this.on.state('offline');
      if (s.readyState === EventSource.CLOSED) this.later();
    });
  }

  // later tries again after a refusal, more and more slowly.
  later() {
    this.retry = setTimeout(async () => {
      await renew();
      this.connect();
    }, this.wait);
    this.wait = Math.min(this.wait * 2, 15000);
  }

  visibility() {
    clearTimeout(this.rest);
    if (document.visibilityState === 'hidden') {
      this.rest = setTimeout(() => { this.source.close(); this.resting = true; }, hiddenFor);
    } else if (this.resting) {
      this.resting = false;
      this.connect();
    }
  }
}
