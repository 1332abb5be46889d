// The messages of a conversation that an administrator has opened: everything becomes text nodes, files are only named.
fabrix.opened = (element, messages) => {
  const { h } = fabrix;
  element.replaceChildren(...messages.map(({ who, at, text, files }) => h('article', {},
    h('h3', {}, who, h('span', {}, at)),
    h('p', {}, text),
    files.length ? h('ul', {}, ...files.map((name) => h('li', {}, name))) : null)));
  element.hidden = !messages.length;
};
