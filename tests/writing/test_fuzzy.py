"""Names by a few of their letters: what is found, what comes first, which letters are marked."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.writing.fuzzy import LONGEST, match

NAMES = st.text(alphabet="abcAB: -é", max_size=12)


def marked(typed: str, name: str) -> str:
    found = match(typed, name)
    assert found is not None
    return "".join(name[at].upper() if at in found.places else name[at].lower() for at in range(len(name)))


def ranked(typed: str, *names: str) -> list[str]:
    found = [(match(typed, name), name) for name in names]
    return [name for _, name in sorted(((f.score, n) for f, n in found if f), reverse=True)]


def test_letters_in_order_are_found_and_others_are_not() -> None:
    assert match("opf", "Open project folder") is not None
    assert match("fpo", "Open project folder") is None
    assert match("", "Open") == (0.0, ())


def test_starts_of_words_are_meant_before_letters_inside_them() -> None:
    assert marked("nf", "Find the next finding") == "find the Next Finding"
    assert marked("opf", "Open project folder") == "Open Project Folder"
    assert marked("ctj", "sagemaker:CreateTrainingJob") == "sagemaker:CreateTrainingJob"
    assert marked("see", "Save everything else") == "Save Everything Else"


def test_letters_in_a_row_go_before_scattered_ones() -> None:
    assert ranked("save", "Save", "Save as", "Uses a novel", "Unsaved files") == [
        "Save",
        "Save as",
        "Unsaved files",
        "Uses a novel",
    ]


def test_a_word_that_is_typed_goes_before_the_starts_of_many() -> None:
    long = "sagemaker:CreatePartnerApp, sagemaker:StartPipeline, s3:PutObject, states:StartExecution"
    assert ranked("pass", "AllowPassRole", long, "Sagemaker: Pass the role") == [
        "AllowPassRole",
        "Sagemaker: Pass the role",
        long,
    ]
    assert marked("role", "Rename other files or delete: iam:PassRole") == "rename other files or delete: iam:passROLE"


@given(NAMES, NAMES)
def test_a_match_spells_what_was_typed(typed: str, name: str) -> None:
    letters = [c.lower() for c in typed if not c.isspace()]
    rest = iter(name.lower())
    found = match(typed, name)
    assert (found is not None) == all(c in rest for c in letters)
    if found is not None:
        assert [name[at].lower() for at in found.places] == letters
        assert list(found.places) == sorted(set(found.places))


def test_what_is_very_long_is_looked_at_in_part() -> None:
    assert match("b", "a" * LONGEST + "b") is None
    assert match("a" * 10_000, "a" * LONGEST) is not None
