// Small round buttons with an icon, among them the one that copies a text.
fabrix.buttons = (() => {
  const { T, h } = fabrix;

  /** A button whose look and name are those of the sentence `name`, "page.copy" say. */
  const button = (name, act, label = T(name)) => h('button', {
    type: 'button', class: `action ${name.split('.')[1]}`, 'aria-label': label, title: label, onclick: act });

  let copied = null; // the text that was copied last

  const showCopied = (one) => {
    const isIt = one.fabrixText === copied;
    one.classList.toggle('did', isIt);
    one.title = isIt ? T('page.copied') : one.getAttribute('aria-label');
  };

  /** It tells what it did however often it is drawn anew, until something else is copied. */
  const copy = (text, label = T('page.copy')) => {
    const made = button('page.copy', async () => {
      await writeClipboard(text);
      copied = text;
      document.querySelectorAll('.action.copy').forEach(showCopied);
      fabrix.announce(T('page.copied'));
    }, label);
    made.fabrixText = text;
    showCopied(made);
    return made;
  };

  // navigator.clipboard exists on TLS and localhost only.
  const writeClipboard = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = h('textarea', { class: 'offstage', 'aria-hidden': 'true' });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  };

  return { button, copy };
})();
