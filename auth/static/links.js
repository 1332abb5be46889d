// What a one-time link opens on the sign-in page: a new password, or the first administrator's account.
// The token stands behind the # of the address, which browsers send to nobody.
fabrix.link = (element, { showSignIn }) => {
  const { T, api } = fabrix;
  const form = element.querySelector('#link');
  const notice = element.querySelector('#link-notice');
  const field = (name) => form.elements[name];

  const say = (sentence, name) => {
    notice.textContent = sentence;
    notice.hidden = !sentence;
    for (const item of form.querySelectorAll('input')) item.removeAttribute('aria-invalid');
    if (!name) return;
    field(name).setAttribute('aria-invalid', 'true');
    field(name).focus();
  };

  const [, kind, token] = /^#(reset|first)=([0-9a-f]{40})$/.exec(location.hash) || [];
  // A link that is opened in a tab with this page changes what is behind the # alone.
  addEventListener('hashchange', () => location.reload());
  if (!kind) return false;

  const forget = () => history.replaceState(null, '', location.pathname + location.search);

  const tell = (refused) => {
    const { body } = refused;
    if (body?.error === 'bad_link') {
      forget();
      showSignIn({ sentence: T('login.bad_link') });
      return;
    }
    const name = ['username', 'email', 'password'].find((item) => body?.[item]);
    if (name) say(T(`login.bad_${name}`), name);
    else if (body?.error === 'Username already exists.') say(T('login.taken'), 'username');
    else say(refused.sentence);
  };

  const show = (username) => {
    const isFirst = kind === 'first';
    element.querySelector('#account').hidden = true;
    element.querySelector('#welcome-line').textContent = isFirst
      ? T('login.link_first') : T('login.link_reset', { username });
    field('username').value = username;
    field('username').readOnly = !isFirst;
    field('email').closest('label').hidden = !isFirst;
    form.querySelector('button').textContent = T(isFirst ? 'login.make_admin' : 'login.set_password');
    form.hidden = false;
    field(isFirst ? 'username' : 'password').focus();
  };

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(['username', 'email', 'password'].map((name) => [name, field(name).value]));
    if (values.password !== field('repeated').value) {
      say(T('login.not_same'), 'repeated');
      return;
    }
    say('');
    form.querySelector('button').disabled = true;
    try {
      if (kind === 'first') {
        await api('POST', '/api/auth/first-admin/', { token, ...values });
        location.assign('/');
        return;
      }
      const { username } = await api('POST', '/api/auth/reset/', { token, password: values.password });
      forget();
      showSignIn({ sentence: T('login.password_set'), username, good: true });
    } catch (refused) {
      tell(refused);
    }
    form.querySelector('button').disabled = false;
  });

  if (kind === 'first') show('');
  else api('POST', '/api/auth/link/', { token }).then(({ username }) => show(username), tell);
  return true;
};
