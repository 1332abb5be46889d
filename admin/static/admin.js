// The admin page around Gradio's own parts: its words, and what happens when the login has ended.
fabrix.admin = (() => {
  const send = window.fetch;

  // Gradio shows a refused event as a bare "Error": whoever has been signed out is taken to the sign-in page instead.
  window.fetch = async (...request) => {
    const reply = await send(...request);
    if (reply.status === 401) location.assign(`/login/?next=${encodeURIComponent(location.pathname)}`);
    return reply;
  };

  return (element) => {
    document.documentElement.lang = fabrix.language;
    fabrix.translate(element);
    document.title = `${fabrix.T('admin.title')} · ${fabrix.T('page.product')}`;
    document.body.dataset.ready = '';
  };
})();
