// The sidebar: which agent, which conversation, who is signed in.
fabrix.sidebar = (() => {
  const { T, h, translate } = fabrix;
  const DAY = 24 * 60 * 60 * 1000;
  const PHONE = matchMedia('(max-width: 768px)');
  let element = null;
  let actions = {};

  const find = (id) => element.querySelector(`#${id}`);
  const shortened = (id) => (id.length > 12 ? `${id.slice(0, 8)}…` : id);

  const showAgents = ({ items, stale, away }, chosen) => {
    const select = find('agent');
    const known = items.some((agent) => agent.agentId === chosen);
    const options = items.map((agent) => h('option', { value: agent.agentId, title: agent.description },
      `${agent.label} · ${shortened(agent.agentId)}`));
    if (chosen && !known) options.unshift(h('option', { value: chosen }, shortened(chosen)));
    select.replaceChildren(...options);
    select.value = chosen || '';
    select.disabled = !items.length;
    const note = find('agent-note');
    const missing = items.length ? '' : T('page.no_agents');
    note.textContent = stale ? T('page.agents_stale', { names: away.join(', ') }) : missing;
    note.hidden = !note.textContent;
  };

  /** Under which heading a conversation stands. */
  const period = (date) => {
    const midnight = new Date().setHours(0, 0, 0, 0);
    if (date >= midnight) return T('page.today');
    if (date >= midnight - DAY) return T('page.yesterday');
    if (date >= midnight - 7 * DAY) return T('page.last_week');
    return date.toLocaleDateString(fabrix.language, { year: 'numeric', month: 'long' });
  };

  const item = (session, current) => {
    const title = session.title || T('page.untitled');
    const open = h('a', {
      href: `/?c=${session.id}`, class: 'open', title, 'aria-current': session.id === current ? 'page' : null,
      onclick: (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab, as with any link
        event.preventDefault();
        if (PHONE.matches) fold(true);
        actions.open(session.id);
      },
    }, title);
    const act = (kind, run) => h('button', {
      type: 'button', class: `action ${kind}`, 'aria-label': `${T(`page.${kind}`)}: ${title}`, title: T(`page.${kind}`),
      onclick: run });
    const pin = act(session.pinned ? 'unpin' : 'pin', () => actions.pin(session));
    pin.dataset.pins = session.id;
    // A plain link: the browser shows how far the download is, and keeps it.
    const take = h('a', { class: 'action take', href: `/api/sessions/${session.id}/export`, download: '',
      'aria-label': `${T('page.take')}: ${title}`, title: T('page.take') });
    const row = h('li', { 'data-place': session.id }, open, pin, act('rename', () => rename(row, session)), take, act('delete', () => actions.remove(session)));
    return row;
  };

  const rename = (row, session) => {
    const box = h('input', { class: 'rename-box', maxlength: '200', 'aria-label': T('page.rename') });
    box.value = session.title;
    let done = false;
    const finish = (keep) => {
      if (done) return;
      done = true;
      box.replaceWith(row.fabrixOpen);
      if (keep && box.value.trim() && box.value.trim() !== session.title) actions.rename(session, box.value.trim());
      else actions.showAround();
    };
    box.addEventListener('keydown', (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === 'Enter') finish(true);
      if (event.key === 'Escape') {
        event.stopPropagation();
        finish(false);
      }
    });
    box.addEventListener('blur', () => finish(true));
    row.fabrixOpen = row.querySelector('.open');
    row.fabrixOpen.replaceWith(box);
    box.focus();
    box.select();
  };

  const showHistory = (sessions, current) => {
    if (find('history').querySelector('.rename-box')) return; // drawn again when the new name is there
    const groups = [];
    let heading = null;
    for (const session of [...sessions.filter((one) => one.pinned), ...sessions.filter((one) => !one.pinned)]) {
      const name = session.pinned ? T('page.pinned') : period(new Date(session.updated_at));
      if (name !== heading) {
        heading = name;
        groups.push(h('h2', {}, name), h('ul', {}));
      }
      groups.at(-1).append(item(session, current));
    }
    const giveFocusBack = fabrix.focus.held();
    find('history').replaceChildren(...(groups.length ? groups : [h('p', { class: 'none' }, T('page.no_history'))]));
    giveFocusBack();
  };

  /** The row has moved to another group: whoever pins by keyboard goes on from there. */
  const focusPin = (id) => find('history').querySelector(`[data-pins="${id}"]`)?.focus();

  const showUser = (user) => {
    find('user-name').textContent = user.username;
    find('user-name').title = user.email;
    find('account').setAttribute('aria-label', `${T('account.title')}: ${user.username}`);
    find('account').onclick = () => fabrix.account.open(user);
    find('to-admin').hidden = user.role === 'user';
  };

  const app = () => document.querySelector('#app');
  const fold = (folded) => {
    app().dataset.side = folded ? 'folded' : 'open';
    find('fold').setAttribute('aria-expanded', String(!folded));
    try {
      if (!PHONE.matches) localStorage.setItem('fabrix-side', app().dataset.side);
    } catch { /* storage is switched off: the choice lasts until the reload */ }
  };
  const isOver = () => PHONE.matches && app().dataset.side !== 'folded';
  /** On a phone Escape closes the sidebar; whether it did. */
  const closed = () => {
    if (!isOver()) return false;
    fold(true);
    return true;
  };
  const toggle = () => fold(app().dataset.side !== 'folded');

  const start = (given, root) => {
    element = root;
    actions = given;
    translate(element);
    let kept = null;
    try { kept = localStorage.getItem('fabrix-side'); } catch { /* as above */ }
    fold(PHONE.matches || kept === 'folded');
    PHONE.addEventListener('change', () => fold(PHONE.matches));
    document.querySelector('#main').addEventListener('click', (event) => {
      if (isOver() && !event.target.closest('#menu')) fold(true);
    });
    find('fold').addEventListener('click', toggle);
    find('new-chat').addEventListener('click', () => {
      if (PHONE.matches) fold(true);
      actions.fresh();
    });
    find('agent').addEventListener('change', (event) => actions.chooseAgent(event.target.value));
    find('sign-out').addEventListener('click', () => actions.signOut());
  };

  return { start, toggle, closed, showAgents, showHistory, focusPin, showUser };
})();
