// Watching one turn: its events in, the entry of the transcript kept up to date.
fabrix.watch = (() => {
  const { T } = fabrix;

  /**
   * Follow a turn until it ends. `entry` is updated in place; `changed` is called at most 20 times a second,
   * `ended` once. Returns a function that stops watching (the turn itself goes on).
   */
  const watch = (turnId, entry, { changed, ended }) => {
    let source = null;
    let last = 0;
    let fresh = true; // what the entry shows was stored; the first text replaces it
    let timer = null;
    let over = false;

    const soon = () => {
      // The longer the answer, the longer it takes to draw: 50 ms, and 250 ms at 100 KB.
      timer ??= setTimeout(() => {
        timer = null;
        changed();
      }, 50 + entry.content.length / 500);
    };

    const finish = () => {
      over = true;
      pause();
      document.removeEventListener('visibilitychange', onVisibility);
    };

    const renew = () => {
      if (!fresh) return;
      fresh = false;
      entry.content = '';
      entry.thinking = '';
      entry.artifacts = [];
      entry.work = null;
      entry.suggestions = [];
    };

    const on = {
      // Place 0: the turn has come.
      waiting: ({ seconds, place, reason }) => {
        if (!place) entry.status = '';
        else if (reason === 'your_turns') entry.status = T('page.waiting_for_own');
        else entry.status = T('page.waiting', { seconds: Math.ceil(seconds), place });
        if (place && !entry.inLine) fabrix.limits.refresh();
        entry.inLine = Boolean(place);
      },
      status: ({ text }) => { entry.status = text; },
      thinking: ({ text }) => { renew(); entry.thinking += text; entry.status = T('page.thinking'); },
      delta: ({ text }) => { renew(); entry.content += text; entry.status = ''; },
      text: ({ text }) => { fresh = true; renew(); entry.content = text; },
      artifact: (artifact) => { renew(); entry.artifacts = [...(entry.artifacts || []), artifact]; },
      work: (work) => { renew(); entry.work = work; },
      suggestions: ({ questions }) => { renew(); entry.suggestions = questions; },
    };

    const open = () => {
      if (source || over || document.hidden) return;
      source = new EventSource(`/api/turns/${turnId}/events${last ? `?after=${last}` : ''}`);
      for (const kind of [...Object.keys(on), 'done', 'error']) {
        source.addEventListener(kind, (event) => {
          if (event.data === undefined) {
            // Not an event of the turn: the connection. A closed one doesn't come back by itself.
            if (source?.readyState === EventSource.CLOSED) end({ state: 'lost' });
            return;
          }
          last = Number(event.lastEventId) || last;
          const data = JSON.parse(event.data);
          if (kind === 'done') end(data);
          else if (kind === 'error') end({ state: 'failed', error: data });
          else {
            on[kind](data);
            soon();
          }
        });
      }
    };

    const pause = () => {
      source?.close();
      source = null;
    };

    const end = (how) => {
      if (over) return;
      finish();
      clearTimeout(timer);
      if (how.state !== 'lost') entry.state = how.state;
      entry.status = '';
      entry.inLine = false;
      entry.error = how.error || null;
      changed();
      ended(how);
    };

    // A browser allows six connections to a host: a hidden tab gives its own back.
    const onVisibility = () => (document.hidden ? pause() : open());
    document.addEventListener('visibilitychange', onVisibility);
    open();
    return () => {
      finish();
      clearTimeout(timer);
    };
  };

  return watch;
})();
