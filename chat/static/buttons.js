// Small round buttons with an icon, among them the one that copies a text.
fabrix.buttons = (() => {
  const { T, h } = fabrix;

  /** A button whose look and name are those of the sentence `name`, "page.copy" say. */
  const button = (name, act, label = T(name)) => h('button', {
    type: 'button', class: `action ${name.split('.')[1]}`, 'aria-label': label, title: label, onclick: act });

  const copy = (text, label = T('page.copy')) => button('page.copy', async (event) => {
    const pressed = event.currentTarget;
    await writeClipboard(text);
    pressed.classList.add('did');
    pressed.title = T('page.copied');
    fabrix.announce(T('page.copied'));
  }, label);

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
