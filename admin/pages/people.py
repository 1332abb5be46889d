"""The tab of the people: found, added, changed, suspended, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from admin.days import day
from admin.desk import Changes, Desk, Visit, dataframe, rows, whole_number
from admin.errors import NoSuchPerson
from admin.pages.people_import import people_import_part
from admin.people import PAGE, ROLES, PeopleDesk
from admin.people_import import PeopleImport
from auth.accounts import NewPerson
from storage.allowances import PersonalLimits
from storage.people import Listed
from storage.users import User

SORTS = ("username", "name", "email", "role", "active", "-created_at", "-seen_at")
COLUMNS = ("username", "name", "email", "role", "state", "created_at", "seen_at", "conversations", "rpm", "tokens")


def people_tab(desk: Desk, people: PeopleDesk, people_import: PeopleImport, tab: gr.Tab) -> None:
    """Build the tab's inside, and wire it."""
    t = desk.t
    with gr.Row():
        search = gr.Textbox(label=t("search"), placeholder=t("search_people"), elem_id="people-search", scale=3)
        sort = gr.Dropdown([(t(f"sort.{name.strip('-')}"), name) for name in SORTS], value=SORTS[0], label=t("sort"))
        page = gr.Number(1, label=t("page"), precision=0, minimum=1, elem_id="people-page", min_width=100)
    count = desk.line("count")
    table = dataframe("people-table")
    notice = desk.line("notice")
    card = _Card(desk)
    with gr.Accordion(t("add_person"), open=False, elem_id="add-person"):
        new = _NewPerson(desk)

    async def listing(visit: Visit, search: str, sort: str, page: float | None) -> Changes:
        found, total = await people.listing(visit.actor, search=search or "", sort=sort, page=int(page or 1), size=PAGE)
        pages = max(1, -(-total // PAGE))
        return {
            table: rows([visit.say(f"column.{name}") for name in COLUMNS], [_row(visit, item) for item in found]),
            count: visit.say("people_found", total=total, page=min(int(page or 1), pages), pages=pages),
        }

    async def from_the_first(visit: Visit, search: str, sort: str) -> Changes:
        return {page: 1, **await listing(visit, search, sort, 1)}

    async def choose(visit: Visit, row: list[str]) -> Changes:
        if not row:
            raise NoSuchPerson
        return await card.shown(visit, people, row[0])

    async def add(visit: Visit, *values: Any) -> Changes:
        username, password, first_name, last_name, email, role = (str(value or "") for value in values)
        person = NewPerson(username, email, password, first_name=first_name, last_name=last_name)
        user = await people.add(visit.actor, person, role=role or "user")
        return {
            **await listing(visit, "", SORTS[0], 1),
            **dict.fromkeys(new.all(), ""),
            new.role: "user",
            notice: visit.say("person_added", username=user.username),
        }

    listed = [search, sort, page]
    shown = [table, count]
    desk.on([tab.select, page.change], listing, listed, shown, notice=notice)
    desk.on([search.change, sort.change], from_the_first, [search, sort], [*shown, page], notice=notice)
    desk.on_row(table, choose, card.outputs(), notice=notice)
    desk.on(new.button.click, add, new.all(), [*shown, *new.all()], notice=notice)

    async def again(visit: Visit, said: str, values: Sequence[Any]) -> Changes:
        """The table as it is now, after an act."""
        return {**await listing(visit, *values), notice: said}

    async def from_the_beginning(visit: Visit, said: str) -> Changes:
        return {**await listing(visit, "", SORTS[0], 1), notice: said}

    people_import_part(desk, people_import, again=from_the_beginning, shown=[*shown, notice])
    card.wire(desk, people, notice=notice, listed=listed, shown=shown, again=again)


class _NewPerson:
    """The fields of a person to add."""

    def __init__(self, desk: Desk) -> None:
        t = desk.t
        with gr.Row():
            self.username = gr.Textbox(label=t("column.username"), max_lines=1, elem_id="new-username")
            self.password = gr.Textbox(label=t("password"), type="password", elem_id="new-password")
            self.email = gr.Textbox(label=t("column.email"), max_lines=1, elem_id="new-email")
        with gr.Row():
            self.last_name = gr.Textbox(label=t("last_name"), max_lines=1)
            self.first_name = gr.Textbox(label=t("first_name"), max_lines=1)
            self.role = _roles(desk)
        self.button = gr.Button(t("add"), variant="primary", elem_id="add-button", size="sm", scale=0)

    def all(self) -> list[Any]:
        return [self.username, self.password, self.first_name, self.last_name, self.email, self.role]


class _Card:
    """The person who was chosen, with what can be done."""

    def __init__(self, desk: Desk) -> None:
        t = desk.t
        with gr.Column(visible=False, elem_id="person-card") as self.box:
            with gr.Row():
                self.username = gr.Textbox(label=t("column.username"), interactive=False, elem_id="person-username")
                self.last_name = gr.Textbox(label=t("last_name"), max_lines=1)
                self.first_name = gr.Textbox(label=t("first_name"), max_lines=1)
                self.email = gr.Textbox(label=t("column.email"), max_lines=1, elem_id="person-email")
            self.usage = desk.line("count")
            with gr.Row():
                self.role = _roles(desk)
                self.rpm = gr.Textbox(
                    label=t("own_rpm"), placeholder=t("as_default"), max_lines=1, elem_id="person-rpm"
                )
                self.tokens = gr.Textbox(label=t("own_tokens"), placeholder=t("as_default"), max_lines=1)
            with gr.Row(elem_classes="acts"):
                self.save = gr.Button(t("save"), variant="primary", elem_id="person-save", size="sm", scale=0)
                self.suspend = gr.Button(t("suspend"), elem_id="person-suspend", size="sm", scale=0)
                self.unsuspend = gr.Button(t("unsuspend"), elem_id="person-unsuspend", size="sm", scale=0)
                self.link = gr.Button(t("make_link"), elem_id="person-link", size="sm", scale=0)
                self.end = gr.Button(t("end_logins"), elem_id="person-end", size="sm", scale=0)
                self.delete = gr.Button(t("delete"), variant="stop", elem_id="person-delete", size="sm", scale=0)
            self.made_link = gr.Textbox(
                label=t("one_time_link"), interactive=False, visible=False, buttons=["copy"], elem_id="person-made-link"
            )
            with gr.Column(visible=False, elem_classes="asking") as self.asking:
                self.question = desk.line("question")
                with gr.Row(elem_classes="acts"):
                    self.no = gr.Button(t("cancel"), size="sm", scale=0)
                    self.yes = gr.Button(
                        t("delete_everything"), variant="stop", elem_id="person-delete-yes", size="sm", scale=0
                    )

    def fields(self) -> list[Any]:
        return [self.username, self.first_name, self.last_name, self.email, self.role, self.rpm, self.tokens]

    def outputs(self) -> list[Any]:
        return [self.box, self.usage, *self.fields(), self.suspend, self.unsuspend, self.made_link, self.asking]

    async def shown(self, visit: Visit, people: PeopleDesk, username: str) -> Changes:
        """The card of the person of this name, as things are now."""
        item = await people.find_listed(visit.actor, username)
        user = item.user
        used = await people.usage(visit.actor, user.id)
        return {
            self.box: gr.update(visible=True),
            self.usage: visit.say(
                "person_usage",
                turns=f"{used.turns:,}",
                failed=f"{used.failed:,}",
                tokens_in=f"{used.tokens_in:,}",
                tokens_out=f"{used.tokens_out:,}",
                conversations=f"{item.conversations:,}",
            ),
            self.username: user.username,
            self.first_name: user.first_name,
            self.last_name: user.last_name,
            self.email: user.email,
            self.role: user.role,
            self.rpm: _shown_limit(item.requests_per_minute),
            self.tokens: _shown_limit(item.tokens_per_day),
            self.suspend: gr.update(visible=user.active),
            self.unsuspend: gr.update(visible=not user.active),
            self.made_link: gr.update(visible=False, value=""),
            self.asking: gr.update(visible=False),
        }

    def wire(
        self, desk: Desk, people: PeopleDesk, *, notice: Any, listed: list[Any], shown: list[Any], again: Any
    ) -> None:
        outputs = [*self.outputs(), *shown]

        async def save(visit: Visit, *values: Any) -> Changes:
            username, first_name, last_name, email, role, rpm, tokens, *where = values
            user = await people.find(visit.actor, username)
            limits = PersonalLimits(whole_number(rpm), whole_number(tokens))
            await people.edit(visit.actor, user.id, email=email, first_name=first_name, last_name=last_name)
            await people.set_limits(visit.actor, user.id, limits)
            if role != user.role:
                await people.set_role(visit.actor, user.id, role)
            return {
                **await self.shown(visit, people, username),
                **await again(visit, visit.say("person_saved", username=username), where),
            }

        def act(work: Any, said: str) -> Any:
            async def acted(visit: Visit, username: str, *where: Any) -> Changes:
                user: User = await people.find(visit.actor, username)
                await work(visit.actor, user.id)
                return {
                    **await self.shown(visit, people, username),
                    **await again(visit, visit.say(said, username=username), where),
                }

            return acted

        async def make_link(visit: Visit, username: str) -> Changes:
            user = await people.find(visit.actor, username)
            path = await people.reset_link(visit.actor, user.id)
            return {
                self.made_link: gr.update(visible=True, value=visit.site + path),
                notice: visit.say("link_made", username=username),
            }

        async def ask(visit: Visit, username: str) -> Changes:
            user = await people.find(visit.actor, username)
            goes = await people.belongings(visit.actor, user.id)
            question = visit.say(
                "delete_question",
                username=username,
                conversations=goes.conversations,
                messages=goes.messages,
                files=goes.files,
            )
            return {self.asking: gr.update(visible=True), self.question: question}

        async def delete(visit: Visit, username: str, *where: Any) -> Changes:
            user = await people.find(visit.actor, username)
            await people.delete(visit.actor, user.id)
            said = visit.say("person_deleted", username=username)
            return {self.box: gr.update(visible=False), **await again(visit, said, where)}

        async def close(_: Visit) -> Changes:
            return {self.asking: gr.update(visible=False)}

        desk.on(self.save.click, save, [*self.fields(), *listed], outputs, notice=notice)
        about = [self.username, *listed]
        desk.on(self.suspend.click, act(people.suspend, "person_suspended"), about, outputs, notice=notice)
        desk.on(self.unsuspend.click, act(people.unsuspend, "person_unsuspended"), about, outputs, notice=notice)
        desk.on(self.end.click, act(people.end_logins, "logins_ended"), about, outputs, notice=notice)
        desk.on(self.link.click, make_link, [self.username], [self.made_link], notice=notice)
        desk.on(self.delete.click, ask, [self.username], [self.asking, self.question], notice=notice)
        desk.on(self.yes.click, delete, about, [self.box, *shown], notice=notice)
        desk.on(self.no.click, close, [], [self.asking], notice=notice)


def _roles(desk: Desk) -> gr.Dropdown:
    return gr.Dropdown([(desk.t(f"role.{role}"), role) for role in ROLES], value="user", label=desk.t("column.role"))


def _row(visit: Visit, item: Listed) -> list[object]:
    user = item.user
    return [
        user.username,
        f"{user.last_name} {user.first_name}".strip(),
        user.email,
        visit.say(f"role.{user.role}"),
        visit.say("active" if user.active else "suspended"),
        day(item.created_at),
        day(item.seen_at),
        item.conversations,
        _shown_limit(item.requests_per_minute),
        _shown_limit(item.tokens_per_day),
    ]


def _shown_limit(value: int | None) -> str:
    return "" if value is None else str(value)
