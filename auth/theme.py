"""How all pages look: black, white and grey with one blue accent, in the fonts of the reader's system."""

from __future__ import annotations

import gradio as gr

# Plain names ask for no font from anywhere, this machine included.
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Consolas", "D2Coding", "monospace"]
ACCENT = "#1967d2"
WHITE, BLACK = "#ffffff", "#131314"


def theme() -> gr.themes.Base:
    """Each colour with its twin for dark screens."""
    return gr.themes.Base(font=FONTS, font_mono=MONO, primary_hue="blue", neutral_hue="gray").set(
        body_background_fill=WHITE,
        body_background_fill_dark=BLACK,
        background_fill_primary=WHITE,
        background_fill_primary_dark=BLACK,
        block_background_fill=WHITE,
        block_background_fill_dark=BLACK,
        body_text_color="#1f1f1f",
        body_text_color_dark="#e3e3e3",
        color_accent=ACCENT,
        color_accent_soft="#EBF8FF",
        color_accent_soft_dark="#1f3346",
    )


def head(*, styles: tuple[str, ...], scripts: tuple[str, ...]) -> str:
    """The links of a page to our own style sheets and scripts, which run in this order before Gradio's."""
    links = [f'<link rel="stylesheet" href="/ui/{name}">' for name in styles]
    return "\n".join(links + [f'<script src="/ui/{name}"></script>' for name in scripts])
