"""`cppcc show --diff`: what each revision of a publication changed in its words."""

from itertools import pairwise

from rich.text import Text

from scheduler.cli.presentation import console, moment, print_json
from storage.publications.reading import Publication, Revision
from storage.publications.revisions import Kind, Stretch, diff_words

STYLES = {Kind.KEPT: "", Kind.ADDED: "green underline", Kind.REMOVED: "red strike"}
CONTEXT = 20
"""Characters of kept text shown before and after a difference."""


def show_revisions(publication: Publication, *, as_json: bool) -> None:
    """Print the differences between each revision and the one before, oldest first."""
    pairs = list(pairwise(publication.revisions))
    if as_json:
        print_json([_as_json(old, new) for old, new in pairs])
        return
    first = publication.revisions[0]
    console.print(f"revision 1, first seen {moment(first.seen_at)}")
    if not pairs:
        console.print("its words have not changed since")
    for old, new in pairs:
        console.print(f"\nrevision {new.revision}, seen {moment(new.seen_at)}")
        if old.title != new.title:
            console.print(_marked(diff_words(old.title, new.title)))
        if old.text != new.text:
            console.print(_marked(diff_words(old.text, new.text)))


def _marked(stretches: list[Stretch]) -> Text:
    """The differences with the words round them; also readable where there are no colours."""
    shown = Text()
    for place, stretch in enumerate(stretches):
        match stretch.kind:
            case Kind.KEPT:
                first, last = place == 0, place == len(stretches) - 1
                shown.append(_shortened(stretch.text, first=first, last=last))
            case Kind.ADDED:
                shown.append(f"{{+{stretch.text}+}}", STYLES[Kind.ADDED])
            case Kind.REMOVED:
                shown.append(f"[-{stretch.text}-]", STYLES[Kind.REMOVED])
    return shown


def _shortened(kept: str, *, first: bool, last: bool) -> str:
    head = "" if first else kept[:CONTEXT]
    tail = "" if last else kept[-CONTEXT:]
    return kept if len(head) + len(tail) >= len(kept) else f"{head} … {tail}"


def _as_json(old: Revision, new: Revision) -> dict[str, object]:
    return {
        "revision": new.revision,
        "seen_at": new.seen_at,
        "title": _stretches(old.title, new.title),
        "text": _stretches(old.text, new.text),
    }


def _stretches(old: str, new: str) -> list[dict[str, str]]:
    return [{"kind": one.kind.value, "text": one.text} for one in diff_words(old, new)]
