// The page: one conversation at a time. Questions go straight to the API, answers come from the turn that is watched,
// and storage is the truth: when a turn has ended, the conversation is read again.
fabrix.page = (() => {
  const { T, api, h, transcript, sidebar, composer, dialogs, watch } = fabrix;
  const parts = {};       // the mounted gr.HTML elements by name
  let bridge = null;      // (messages) => the Chatbot shows them
  let user = null;
  let agents = { items: [], stale: false, preferred: null };
  let agentId = null;     // who is asked next
  let sessions = [];
  let current = null;     // the open conversation's id; null for a new one
  let entries = [];       // its messages
  let hidden = 0;         // how many of them are not shown yet
  let stopWatching = null;
  let runningTurn = null;
  let editing = null;     // the message that is being edited, and the draft that waits meanwhile
  let attempt = null;     // the client id of the question that is being sent, kept while it is sent again
  let opening = 0;

  const $ = (selector) => document.querySelector(selector);

  // What is told

  const say = (sentence) => {
    const notice = $('#notice');
    notice.textContent = sentence;
    notice.hidden = !sentence;
  };

  fabrix.announce = (sentence) => { $('#announcer').textContent = sentence; };

  /** Call the API; when the login has ended, sign in over the page and go on. */
  const call = async (...request) => {
    for (;;) {
      try {
        return await api(...request);
      } catch (refused) {
        if (refused.status !== 401) throw refused;
        await dialogs.signIn(user?.username || '');
      }
    }
  };

  const refused = (error) => {
    if (!(error instanceof fabrix.Refused)) throw error;
    if (error.status === 401) dialogs.signIn(user.username).then(() => say(''));
    say(error.sentence);
  };

  /** Run a click's work, and tell what was refused. */
  const attempted = (work) => async (...args) => {
    try {
      say('');
      return await work(...args);
    } catch (error) {
      return refused(error);
    }
  };

  // What is shown

  const show = () => {
    bridge(transcript.value(entries.slice(hidden)));
    transcript.decorate();
  };

  const showAround = () => {
    const agent = agents.items.find((item) => item.agentId === agentId);
    $('#agent-name').textContent = agent ? agent.label : '';
    $('#agent-description').textContent = agent ? agent.description : '';
    $('#app').toggleAttribute('data-empty', !entries.length);
    $('#earlier').hidden = !hidden;
    const open = sessions.find((item) => item.id === current);
    document.title = open?.title ? `${open.title} · ${T('page.product')}` : T('page.product');
    sidebar.showAgents(agents, agentId);
    sidebar.showHistory(sessions, current);
    composer.setRunning(Boolean(runningTurn));
    composer.setBlocked(!agentId);
    showExamples(agent);
  };

  const showExamples = (agent) => {
    const reads = agent?.capabilities.includes('file');
    const keys = reads ? ['page.example_file', 'page.example_1', 'page.example_2', 'page.example_3']
      : ['page.example_1', 'page.example_2', 'page.example_3'];
    $('#examples').replaceChildren(...(agent ? keys : []).map((key) => h('button', {
      type: 'button', class: 'example',
      onclick: () => {
        if (key === 'page.example_file') $('#attach input').click();
        else {
          composer.setDraft({ ...composer.draft(), content: T(key) });
          drafted();
          composer.focus();
        }
      },
    }, T(key))));
    $('#welcome-text').textContent = agent ? T('page.welcome_text') : T('page.no_agents');
  };

  // Drafts outlive a reload, in this tab only.

  const draftKey = () => `fabrix-draft-${current || 'new'}`;
  const keepDraft = (draft = composer.draft(), key = draftKey()) => {
    if (editing) return;
    try {
      if (draft.content || draft.file) sessionStorage.setItem(key, JSON.stringify(draft));
      else sessionStorage.removeItem(key);
    } catch { /* storage is switched off or full: the draft stays in the box */ }
  };
  const drafted = () => {
    attempt = null; // another text is another question
    keepDraft();
  };
  const restoreDraft = () => {
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(draftKey())); } catch { /* as above */ }
    composer.setDraft(kept || {});
  };

  // One conversation

  const leave = () => {
    composer.cancelUpload();
    stopWatching?.();
    stopWatching = null;
    runningTurn = null;
    endEdit(false);
  };

  const settle = (conversation) => {
    current = conversation.id;
    agentId = conversation.agent_id;
    entries = conversation.messages.filter((item) => item.role !== 'system');
    hidden = Math.max(0, entries.length - transcript.SHOWN);
    const live = entries.find((item) => item.state === 'running' || item.state === 'waiting');
    if (live) follow(live.turn_id, live);
  };

  /** Read a conversation from storage and show it. */
  const load = async (id) => {
    const ticket = ++opening;
    const [conversation, list] = await Promise.all([call('GET', `/api/sessions/${id}/`), call('GET', '/api/sessions/')]);
    if (ticket !== opening) return; // another one has been opened meanwhile
    stopWatching?.();
    stopWatching = null;
    runningTurn = null;
    sessions = list;
    settle(conversation);
    show();
    showAround();
  };

  /** Read the open conversation again, as often as it takes while the server is away. */
  const reload = async (id) => {
    for (;;) {
      try {
        return await load(id);
      } catch (error) {
        if (![0, 502, 503, 504].includes(error.status) || current !== id) throw error;
        say(error.sentence);
        await new Promise((resolve) => { setTimeout(resolve, 3000); });
      }
    }
  };

  const open = attempted(async (id, { push = true } = {}) => {
    leave();
    await load(id);
    if (push) history.pushState(null, '', `/?c=${id}`);
    restoreDraft();
    transcript.followAgain();
    composer.focus();
  });

  const fresh = attempted(async ({ push = true } = {}) => {
    opening += 1;
    leave();
    current = null;
    entries = [];
    hidden = 0;
    agentId = agents.items.some((item) => item.agentId === agentId) ? agentId : agents.preferred;
    if (push) history.pushState(null, '', '/');
    show();
    showAround();
    restoreDraft();
    composer.focus();
  });

  const follow = (turnId, entry) => {
    runningTurn = turnId;
    stopWatching = watch(turnId, entry, {
      changed: () => show(),
      ended: attempted(async (how) => {
        runningTurn = null;
        stopWatching = null;
        composer.setRunning(false);
        if (how.state !== 'lost') fabrix.announce(T(`page.ended_${how.state}`));
        await reload(current);
        if (how.state === 'stopped') composer.focus();
      }),
    });
  };

  // Asking

  const asked = (turn, question) => {
    const parent = question.parent_id;
    const at = parent === null ? 0 : entries.findIndex((item) => item.id === parent) + 1;
    const answer = { id: turn.message_id, parent_id: turn.user_message_id, role: 'assistant', content: '', thinking: '',
      artifacts: [], state: 'running', turn_id: turn.turn_id };
    entries = [...entries.slice(0, at), { id: turn.user_message_id, parent_id: parent, role: 'user',
      content: question.content, file: question.file }, answer];
    hidden = Math.min(hidden, Math.max(0, entries.length - 2));
    follow(turn.turn_id, answer);
    show();
    showAround();
    transcript.followAgain();
  };

  let sending = false;
  const send = attempted(async () => {
    if (sending || runningTurn) return;
    sending = true;
    const { content, file } = composer.draft();
    attempt ??= fabrix.randomId(); // the same for a second try: a question that did arrive isn't asked twice
    try {
      if (!current) {
        const made = await call('POST', '/api/sessions/', { agent_id: agentId });
        keepDraft({});
        current = made.id;
        keepDraft();
        sessions = [{ ...made, title: content.trim().split('\n')[0].slice(0, 60) || file?.name || '' }, ...sessions];
        history.pushState(null, '', `/?c=${current}`);
      }
      const parent = editing ? editing.entry.parent_id : (entries.at(-1)?.id ?? null);
      const turn = await call('POST', `/api/sessions/${current}/turns/`,
        { content, file_id: file?.file_id, client_id: attempt, parent_id: parent });
      attempt = null;
      if (editing) endEdit(true);
      else composer.setDraft({});
      keepDraft();
      asked(turn, { content: content.trim() ? content : T('question.default'), file, parent_id: parent });
    } catch (error) {
      // Another tab asks here already: show that, and keep the draft for afterwards.
      if (error.status === 409) await load(current);
      throw error;
    } finally {
      sending = false;
    }
  });

  const again = attempted(async (entry) => {
    if (runningTurn) throw new fabrix.Refused(409, { error: 'turn_running' });
    const turn = await call('POST', `/api/turns/${entry.turn_id}/again`);
    const question = entries.find((item) => item.id === turn.user_message_id);
    asked(turn, question);
  });

  const stop = attempted(async () => {
    if (runningTurn) await call('POST', `/api/turns/${runningTurn}/stop`);
  });

  const edit = (entry) => {
    if (runningTurn) return;
    editing = { entry, waiting: editing ? editing.waiting : composer.draft() };
    composer.setDraft({ content: entry.content, file: entry.file });
    composer.setEditing(true);
    composer.focus();
  };

  const endEdit = (sent) => {
    if (!editing) return;
    const { waiting } = editing;
    editing = null;
    composer.setEditing(false);
    composer.setDraft(waiting);
    if (!sent) attempt = null;
  };

  const choose = attempted(async (messageId) => {
    await call('POST', `/api/sessions/${current}/version`, { message_id: messageId });
    await load(current);
  });

  // The list of conversations

  const rename = attempted(async (session, title) => {
    await call('PATCH', `/api/sessions/${session.id}/`, { title });
    session.title = title;
    showAround();
  });

  const remove = attempted(async (session) => {
    const title = session.title || T('page.untitled');
    if (!(await dialogs.confirm(T('page.confirm_delete', { title }), T('page.delete')))) return;
    await call('DELETE', `/api/sessions/${session.id}/`);
    sessions = sessions.filter((item) => item.id !== session.id);
    if (session.id === current) await fresh();
    else showAround();
  });

  const chooseAgent = attempted(async (id) => {
    if (current) await call('PATCH', `/api/sessions/${current}/`, { agent_id: id });
    agentId = id;
    showAround();
  });

  const signOut = attempted(async () => {
    await api('POST', '/api/auth/logout/').catch((error) => { if (error.status !== 401) throw error; });
    try {
      for (const key of Object.keys(sessionStorage)) if (key.startsWith('fabrix-')) sessionStorage.removeItem(key);
    } catch { /* storage is switched off: nothing was kept */ }
    location.assign('/login/');
  });

  // The beginning

  const fromAddress = async () => {
    const id = new URLSearchParams(location.search).get('c');
    if (id) await open(id, { push: false });
    if (!id || current !== id) {
      const told = $('#notice').textContent;
      await fresh({ push: false });
      say(told);
    }
  };

  const begin = attempted(async () => {
    user = await call('GET', '/api/me');
    sidebar.showUser(user);
    composer.setLimit(user.server.upload_limit_mb);
    $('#local-note').hidden = user.server.fabrix;
    [agents, sessions] = await Promise.all([call('GET', '/api/agents/'), call('GET', '/api/sessions/')]);
    agentId = agents.preferred;
    await fromAddress();
    document.body.dataset.ready = '';
  });

  const start = () => {
    document.documentElement.lang = fabrix.language; // Gradio has set the browser's, which may be a third one
    fabrix.translate(parts.header);
    sidebar.start({ open, fresh, rename, remove, chooseAgent, signOut }, parts.side);
    composer.start({ send, stop, say, refused, drafted }, parts.composer);
    transcript.start({ edit, again, choose });
    $('#menu').addEventListener('click', sidebar.toggle);
    $('#cancel-edit').addEventListener('click', () => endEdit(false));
    $('#earlier').addEventListener('click', () => {
      hidden = Math.max(0, hidden - transcript.SHOWN);
      show();
      showAround();
    });
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.isComposing || $('dialog[open]')) return;
      if (runningTurn) stop();
      else endEdit(false);
    });
    addEventListener('popstate', fromAddress);
    begin();
  };

  /** Called by each gr.HTML when it is drawn; the composer's brings the bridge to the Chatbot. */
  const mount = (name, element, given = null) => {
    parts[name] = element;
    bridge = given || bridge;
    if (parts.side && parts.header && parts.composer && $('#transcript [role=log]')) start();
    else if (parts.side && parts.header && parts.composer) setTimeout(() => mount(name, element), 20);
  };

  return { mount };
})();
