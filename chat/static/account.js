// One's own account, in a dialog over the page: another password, the sign-ins, the API tokens.
fabrix.account = (() => {
  const { T, h, api, dialogs } = fabrix;
  let username = '';
  let told = null;

  /** Call the API; when the login has ended, sign in over the dialog and go on. */
  const call = async (...request) => {
    for (;;) {
      try {
        return await api(...request);
      } catch (refused) {
        if (refused.status !== 401) throw refused;
        await dialogs.signIn(username);
      }
    }
  };

  const say = (sentence, { bad = false } = {}) => {
    told.textContent = sentence;
    told.classList.toggle('bad', bad);
    told.hidden = !sentence;
  };

  /** Run a click's work, and tell what was refused. */
  const attempted = (work) => async (event) => {
    event.preventDefault();
    say('');
    try {
      await work(event);
    } catch (refused) {
      if (!(refused instanceof fabrix.Refused)) throw refused;
      const field = Object.keys(refused.body || {}).find((name) => FIELDS[name]);
      if (field) document.getElementById(`account-${field}`)?.focus();
      say(field ? T(FIELDS[field]) : refused.sentence, { bad: true });
    }
  };

  const FIELDS = {
    old_password: 'account.bad_old_password', new_password: 'login.bad_password', name: 'account.bad_token_name',
  };

  const moment = (stamp) => new Date(stamp).toLocaleString(fabrix.language, { dateStyle: 'medium', timeStyle: 'short' });

  const field = (name, label, attributes) => h('label', {}, T(label),
    h('input', { id: `account-${name}`, name, required: true, ...attributes }));

  const password = () => {
    const form = h('form', { 'aria-labelledby': 'account-password-title' },
      // For password managers, which otherwise would not know whose password this is.
      h('input', { type: 'text', name: 'username', autocomplete: 'username', value: username, hidden: true }),
      field('old_password', 'account.old_password', { type: 'password', autocomplete: 'current-password' }),
      field('new_password', 'login.new_password', { type: 'password', autocomplete: 'new-password' }),
      field('repeated', 'login.repeat', { type: 'password', autocomplete: 'new-password' }),
      h('label', { class: 'choice' }, h('input', { type: 'checkbox', name: 'end_tokens' }), T('account.end_tokens')),
      h('p', { class: 'hint' }, T('account.password_hint')),
      h('button', { class: 'primary' }, T('account.change_password')));
    form.addEventListener('submit', attempted(async () => {
      const { old_password: old, new_password: fresh, repeated, end_tokens: ends } = form.elements;
      if (fresh.value !== repeated.value) {
        say(T('login.not_same'), { bad: true });
        repeated.focus();
        return;
      }
      const body = { old_password: old.value, new_password: fresh.value, end_tokens: ends.checked };
      await call('POST', '/api/account/password/', body);
      form.reset();
      say(T('account.password_changed'));
      await Promise.all([showLogins(), showTokens()]);
    }));
    return form;
  };

  const logins = h('ul', { id: 'account-logins', 'aria-labelledby': 'account-logins-title' });
  const others = h('button', { type: 'button', id: 'account-end-others' });
  const tokens = h('ul', { id: 'account-tokens', 'aria-labelledby': 'account-tokens-title' });
  const fresh = h('div', { id: 'account-fresh-token', hidden: true });

  const row = (name, details, button) => h('li', {},
    h('div', {}, h('span', { class: 'name' }, name), h('span', { class: 'details' }, details)), button);

  const showLogins = async () => {
    const found = await call('GET', '/api/account/logins/');
    logins.replaceChildren(...found.map((login) => {
      const name = login.browser || T('account.unknown_browser');
      const details = T('account.login_details', { address: login.address, used: moment(login.used_at) });
      if (login.current) return row(name, details, h('span', { class: 'current' }, T('account.this_login')));
      return row(name, details, h('button', {
        type: 'button', 'aria-label': `${T('account.end')}: ${name}, ${login.address}`,
        onclick: attempted(async () => {
          await call('DELETE', `/api/account/logins/${login.id}/`);
          await showLogins();
          others.focus();
        }),
      }, T('account.end')));
    }));
    others.disabled = found.length < 2;
  };

  const showTokens = async () => {
    const found = await call('GET', '/api/account/tokens/');
    const rows = found.map((token) => row(token.name, T(token.used_at ? 'account.token_used' : 'account.token_unused', {
      made: moment(token.created_at), used: token.used_at ? moment(token.used_at) : '',
    }), h('button', {
      type: 'button', 'aria-label': `${T('account.revoke')}: ${token.name}`,
      onclick: attempted(async () => {
        if (!(await dialogs.confirm(T('account.confirm_revoke', { name: token.name }), T('account.revoke')))) return;
        await call('DELETE', `/api/account/tokens/${token.id}/`);
        fresh.hidden = true;
        await showTokens();
        document.getElementById('account-name').focus();
      }),
    }, T('account.revoke'))));
    tokens.replaceChildren(...(rows.length ? rows : [h('li', { class: 'none' }, T('account.no_tokens'))]));
  };

  const showFresh = (made) => {
    const box = h('input', { readonly: true, id: 'account-token', 'aria-label': T('account.token_once', { name: made.name }) });
    box.value = made.token;
    const copy = h('button', { type: 'button', onclick: async () => {
      box.select();
      // Without TLS there is no clipboard; the token is selected, so that Ctrl+C takes it.
      await navigator.clipboard?.writeText(made.token).then(() => { copy.textContent = T('page.copied'); }, () => {});
    } }, T('page.copy'));
    fresh.replaceChildren(h('p', {}, T('account.token_once', { name: made.name })), h('div', { class: 'line' }, box, copy));
    fresh.hidden = false;
    box.focus();
    box.select();
  };

  const newToken = () => {
    const form = h('form', { class: 'line' },
      field('name', 'account.token_name', { maxlength: '100', autocomplete: 'off' }),
      h('button', { class: 'primary' }, T('account.make_token')));
    form.addEventListener('submit', attempted(async () => {
      const made = await call('POST', '/api/account/tokens/', { name: form.elements.name.value });
      form.reset();
      await showTokens();
      showFresh(made);
    }));
    return form;
  };

  const section = (name, ...children) => h('section', {},
    h('h3', { id: `account-${name}-title` }, T(`account.${name}`)), ...children);

  const open = async (user) => {
    username = user.username;
    told = h('p', { class: 'told', role: 'status', hidden: true });
    fresh.hidden = true;
    others.textContent = T('account.end_others');
    others.onclick = attempted(async () => {
      await call('DELETE', '/api/account/logins/');
      await showLogins();
      say(T('account.others_ended'));
    });
    const dialog = h('dialog', { class: 'fabrix-dialog own-account', 'aria-labelledby': 'account-title' },
      h('div', { class: 'head' }, h('h2', { id: 'account-title' }, T('account.title')),
        h('span', { class: 'details' }, `${user.username} · ${user.email}`),
        h('button', { type: 'button', id: 'account-close', onclick: () => dialog.close() }, T('account.close'))),
      told,
      section('password', password()),
      section('logins', logins, others),
      section('tokens', h('p', { class: 'hint' }, T('account.tokens_hint')), newToken(), fresh, tokens));
    dialogs.open(dialog);
    // What a token was must not be found in the page later on.
    dialog.addEventListener('close', () => fresh.replaceChildren());
    await attempted(() => Promise.all([showLogins(), showTokens()]))(new Event('open'));
  };

  return { open };
})();
