// The sign-in page: posts to the same routes as programs, and goes where the reader wanted to go.
fabrix.login = (element) => {
  const { T, translate, api } = fabrix;
  document.documentElement.lang = fabrix.language; // Gradio has set the browser's, which may be a third one
  translate(element);
  document.title = T('page.product');
  const form = element.querySelector('#account');
  const notice = element.querySelector('#login-notice');
  const buttons = [...form.querySelectorAll('button')];
  const fields = Object.fromEntries(['username', 'password', 'email', 'auth_key'].map((n) => [n, form.elements[n]]));

  const say = (sentence, { good = false } = {}) => {
    notice.textContent = sentence;
    notice.classList.toggle('good', good);
    notice.hidden = !sentence;
  };

  // Only a path of this site: "//host" and "/\host" would lead elsewhere.
  const wanted = () => {
    const next = new URLSearchParams(location.search).get('next') || '/';
    const target = new URL(next, location.origin);
    return target.origin === location.origin && next.startsWith('/') ? target.href : '/';
  };

  const sentenceOf = (refused) => {
    const { body } = refused;
    if (body?.error && T_ERRORS[body.error]) return T(T_ERRORS[body.error]);
    for (const [name, field] of Object.entries(fields)) {
      if (!body?.[name]) continue;
      field.setAttribute('aria-invalid', 'true');
      field.focus();
      return T(`login.bad_${name}`);
    }
    return refused.sentence;
  };

  const send = async (path, names) => {
    say('');
    for (const field of Object.values(fields)) field.removeAttribute('aria-invalid');
    const missing = names.find((name) => !fields[name].value.trim());
    if (missing) {
      say(T('login.missing', { field: fields[missing].closest('label').querySelector('span').textContent }));
      fields[missing].setAttribute('aria-invalid', 'true');
      fields[missing].focus();
      return;
    }
    for (const button of buttons) button.disabled = true;
    try {
      await api('POST', path, Object.fromEntries(names.map((name) => [name, fields[name].value])));
      location.assign(wanted());
    } catch (refused) {
      say(sentenceOf(refused));
      for (const button of buttons) button.disabled = false;
    }
  };

  const signIn = () => send('/api/auth/login/', ['username', 'password']);
  const signUp = () => send('/api/auth/signup/', ['username', 'password', 'email', 'auth_key']);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // Enter in one of the fields that only a new account needs means signing up.
    if (document.activeElement === fields.email || document.activeElement === fields.auth_key) signUp();
    else signIn();
  });
  element.querySelector('#sign-up').addEventListener('click', signUp);

  /** The sign-in form, after a one-time link has done its work or was refused. */
  const showSignIn = ({ sentence, username = '', good = false }) => {
    element.querySelector('#link').hidden = true;
    element.querySelector('#welcome-line').textContent = T('login.welcome');
    form.hidden = false;
    say(sentence, { good });
    fields.username.value = username;
    fields[username ? 'password' : 'username'].focus();
  };
  if (!fabrix.link(element, { showSignIn })) fields.username.focus();

  const look = async () => {
    if (document.hidden) return;
    try {
      fabrix.siteNotice.show((await api('GET', '/api/notice')).notice);
    } catch (refused) {
      if (!(refused instanceof fabrix.Refused)) throw refused;
    }
  };
  setInterval(look, 1000 * LOOK_EVERY);
  document.addEventListener('visibilitychange', look);
  look();
};

const LOOK_EVERY = 10; // seconds between two looks at the administrators' banner

const T_ERRORS = {
  'Invalid credentials': 'login.wrong',
  'Account is disabled.': 'login.disabled',
  'Invalid Auth Key.': 'login.wrong_key',
  'Username already exists.': 'login.taken',
};
