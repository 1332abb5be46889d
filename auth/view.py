"""The sign-in page: a Gradio app of its own, open to everybody, with nothing in it that anyone may not see."""

from __future__ import annotations

import gradio as gr

# A constant template without data: Gradio evaluates templates as code. login.js fills in the words, links.js
# shows the second form to those who come by a one-time link.
FORM = """
<div id="sign-in-page">
  <div id="site-notice" role="status" hidden></div>
  <h1 data-text="page.product"></h1>
  <p id="welcome-line" data-text="login.welcome"></p>
  <form id="account" novalidate>
    <label><span data-text="login.username"></span>
      <input id="username" name="username" autocomplete="username" autocapitalize="none" maxlength="50"></label>
    <label><span data-text="login.password"></span>
      <input id="password" name="password" type="password" autocomplete="current-password"></label>
    <button id="sign-in" type="submit" data-text="login.sign_in"></button>
    <p id="login-notice" role="alert" hidden></p>
    <fieldset>
      <legend data-text="login.new_here"></legend>
      <label><span data-text="login.email"></span>
        <input id="email" name="email" type="email" autocomplete="email" maxlength="254"></label>
      <label><span data-text="login.key"></span>
        <input id="signup-key" name="auth_key" inputmode="numeric" autocomplete="off" maxlength="6"></label>
      <button id="sign-up" type="button" data-text="login.sign_up"></button>
    </fieldset>
  </form>
  <form id="link" novalidate hidden>
    <label><span data-text="login.username"></span>
      <input name="username" autocomplete="username" autocapitalize="none" maxlength="50"></label>
    <label><span data-text="login.email"></span>
      <input name="email" type="email" autocomplete="email" maxlength="254"></label>
    <label><span data-text="login.new_password"></span>
      <input name="password" type="password" autocomplete="new-password"></label>
    <label><span data-text="login.repeat"></span>
      <input name="repeated" type="password" autocomplete="new-password"></label>
    <button type="submit"></button>
    <p id="link-notice" role="alert" hidden></p>
  </form>
</div>
"""


def login_page() -> gr.Blocks:
    with gr.Blocks(title="FabriX Agent Chat", analytics_enabled=False) as page:
        gr.HTML(html_template=FORM, js_on_load="fabrix.login(element)", elem_id="login", container=False, padding=False)
    return page
