// Questions that need an answer before anything happens: a deletion, and a new sign-in when the login has ended.
fabrix.dialogs = (() => {
  const { T, h, api, Refused } = fabrix;

  const open = (dialog) => {
    const giveFocusBack = fabrix.focus.held(); // the browser itself gives it back to nothing if that was drawn anew
    dialog.addEventListener('close', () => {
      dialog.remove();
      giveFocusBack();
    });
    document.querySelector('.gradio-container').append(dialog);
    dialog.showModal();
  };

  /** Ask before something that can't be undone; resolves to true or false. */
  const confirm = (question, yes) => new Promise((resolve) => {
    const dialog = h('dialog', { class: 'fabrix-dialog', 'aria-label': question },
      h('p', {}, question),
      h('form', { method: 'dialog' },
        h('button', { value: 'no' }, T('page.cancel')),
        h('button', { value: 'yes', class: 'danger' }, yes)));
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'));
    open(dialog);
  });

  let signingIn = null;

  /** Sign in again over the page, so that nothing on it is lost; resolves when signed in as the same person. */
  const signIn = (username) => {
    signingIn ??= new Promise((resolve, reject) => {
      const password = h('input', { type: 'password', autocomplete: 'current-password', required: true });
      const notice = h('p', { role: 'alert', hidden: true });
      const form = h('form', {},
        h('p', {}, T('page.sign_in_again', { username })),
        h('label', {}, T('login.password'), password), notice,
        h('a', { href: '/login/' }, T('page.another_person')),
        h('button', { class: 'primary' }, T('login.sign_in')));
      const dialog = h('dialog', { class: 'fabrix-dialog', 'aria-label': T('login.sign_in') }, form);
      form.addEventListener('submit', async (event) => {
        event.preventDefault();
        try {
          await api('POST', '/api/auth/login/', { username, password: password.value });
          resolve();
          dialog.close();
        } catch (refused) {
          notice.hidden = false;
          notice.textContent = refused.status === 401 ? T('login.wrong') : refused.sentence;
        }
      });
      // Closed without a sign-in (after resolve this does nothing): whoever asked is refused, and may ask again.
      dialog.addEventListener('close', () => reject(new Refused(401, null)));
      open(dialog);
    }).finally(() => { signingIn = null; });
    return signingIn;
  };

  return { open, confirm, signIn };
})();
