"""The pages' templates. Whatever stands in a user's table is escaped on its way into a page."""

from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from visitjoin.receiver.console.languages import Language


@pass_context
def _gettext(context: Context, text: str) -> str:
    language: Language = context["lang"]
    return language.words.gettext(text)


@pass_context
def _ngettext(context: Context, one: str, many: str, number: int) -> str:
    language: Language = context["lang"]
    return language.words.ngettext(one, many, number)


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader(__package__, "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    i18n: Any = made
    i18n.install_gettext_callables(_gettext, _ngettext, newstyle=True)
    return made


ENVIRONMENT: Final = _environment()

TEMPLATES: Final = TemplateConfig(instance=JinjaTemplateEngine.from_environment(ENVIRONMENT))
"""For the framework."""
