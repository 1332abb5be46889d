// What every page of ours shares: the reader's language, elements built without HTML, and calls of the API.
window.fabrix = (() => {
  const texts = window.FABRIX_TEXTS;
  const language = (navigator.languages || [navigator.language])
    .map((name) => name.slice(0, 2).toLowerCase()).find((name) => name in texts) || 'en';

  /** The sentence `key` in the reader's language, its {places} filled; {place:word|words} counts by the value there. */
  const T = (key, values = {}) => texts[language][key].replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g,
    (_, name, one, more) => (more === undefined ? values[name] : String(values[name]) === '1' ? one : more));

  /** Fill in the words of a template that was built without any. */
  const translate = (root) => {
    for (const item of root.querySelectorAll('[data-text]')) item.textContent = T(item.dataset.text);
    for (const item of root.querySelectorAll('[data-name]')) {
      item.setAttribute('aria-label', T(item.dataset.name));
      item.title = T(item.dataset.name);
    }
    for (const item of root.querySelectorAll('[data-placeholder]')) item.placeholder = T(item.dataset.placeholder);
  };

  /** An element; texts become text nodes, so that no data is ever read as HTML. */
  const h = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
      else if (value === true) made.setAttribute(name, '');
      else if (value !== false && value != null) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child != null));
    return made;
  };

  /** What the server (status) or the network (status 0) refused; `sentence` is for the reader. */
  class Refused extends Error {
    constructor(status, body) {
      super(`refused with ${status}`);
      this.status = status;
      this.body = body;
      this.sentence = sentenceOf(status, body);
    }
  }

  const sentenceOf = (status, body) => {
    if (status === 0) return T('page.offline');
    if (status === 401) return T('page.signed_out');
    if (body?.error === 'turn_running') return T('error.turn_running');
    if (status === 429 && body?.retry_after) return T('login.too_many', { seconds: body.retry_after });
    if (body?.message) return body.message;
    if (status === 404) return T('error.not_found');
    const field = Object.values(body || {}).find((value) => Array.isArray(value));
    if (!field) return T('error.internal_error');
    return language === 'en' ? String(field[0]) : T('error.bad_field'); // the API names fields in English
  };

  /** Call the API with JSON; resolves to the answer's JSON (null without one), rejects with Refused. */
  const api = async (method, path, body) => {
    let reply;
    try {
      reply = await fetch(path, {
        method,
        headers: { 'Accept-Language': language, ...(body ? { 'Content-Type': 'application/json' } : {}) },
        body: body ? JSON.stringify(body) : undefined,
      });
    } catch {
      throw new Refused(0, null);
    }
    const answer = await reply.json().catch(() => null);
    if (!reply.ok) throw new Refused(reply.status, answer);
    return answer;
  };

  /** 128 random bits in hex; crypto.randomUUID exists on TLS and localhost only. */
  const randomId = () => [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0')).join('');

  return { T, translate, h, api, randomId, language, Refused };
})();
