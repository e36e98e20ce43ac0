"""What people type and paste into answers: figures and words in every spelling, cells from elsewhere."""

from __future__ import annotations

from decimal import Decimal

from tests.mutation import words
from tests.mutation.book import BOOLEAN, EMPTY, ERROR, NUMBER, TEXT, Cell, Place
from tests.mutation.hand import CannotError, Hand, mutation
from tests.mutation.issue import NUMERIC, typed
from xltool.model.form import AnswerType
from xltool.model.layout import Slot

TYPING = "typing"
_WIDE = str.maketrans("0123456789.,%-", "０１２３４５６７８９．，％－")


def numeric(slot: Slot) -> bool:
    return slot.answer is not None and slot.answer.type in NUMERIC


def money(slot: Slot) -> bool:
    return slot.answer is not None and slot.answer.type is AnswerType.MONEY


def is_value(slot: Slot) -> bool:
    return slot.part == "value"


def wordy(slot: Slot) -> bool:
    return slot.part == "name" or (slot.answer is not None and slot.answer.type is AnswerType.TEXT)


def plain_value(hand: Hand) -> Place:
    """A value cell that holds one plain figure as text."""
    return hand.one(
        place for place in hand.answers(is_value) if hand.sheet.cells[place].text.replace(".", "", 1).isdecimal()
    )


def _figure(hand: Hand, place: Place) -> str:
    """The number in a cell, written out."""
    return f"{Decimal(hand.sheet.cells[place].text):f}".removesuffix(".0")


def _number(hand: Hand) -> Place:
    return hand.one(place for place in hand.answers(numeric) if hand.sheet.cells[place].kind == NUMBER)


@mutation(TYPING, weight=2)
def type_another_answer(hand: Hand) -> None:
    place = hand.an_answer(filled=hand.rnd.random() < 0.5)
    slot = hand.slot(place)
    assert slot is not None
    if numeric(slot):
        hand.put(place, typed(hand.sheet.cells[place], words.money(hand.rnd) if money(slot) else words.count(hand.rnd)))
    elif slot.part in ("operator", "measure"):
        hand.type(
            place, hand.rnd.choice(("=", "≥", "定性") if slot.part == "operator" else ("个", "%", "人次", "份/日"))
        )
    elif slot.part == "value":
        hand.type(place, hand.rnd.choice(words.TARGETS)[1])
    elif slot.answer is not None and slot.answer.type is AnswerType.CHOICE:
        hand.type(place, hand.rnd.choice(slot.answer.choices))
    else:
        hand.type(place, hand.rnd.choice((*words.TITLES, *words.SENTENCES)))


@mutation(TYPING, weight=2)
def clear_an_answer(hand: Hand) -> None:
    hand.clear(hand.an_answer())


@mutation(TYPING)
def paste_text_with_stray_blanks(hand: Hand) -> None:
    """Blanks of all kinds round a value, as web pages and Word leave them."""
    place = hand.an_answer(lambda slot: not numeric(slot))
    text = hand.sheet.cells[place].text
    before, after = hand.rnd.choice(
        ((" ", ""), ("\u3000", ""), ("", "\xa0"), ("", " \n"), ("\u200b", ""), ("\t", "\t"), ("\ufeff", " "))
    )
    hand.type(place, f"{before}{text}{after}")


@mutation(TYPING)
def paste_number_as_text(hand: Hand) -> None:
    """An amount pasted as text: with commas, blanks, full-width, or just as it is."""
    place = _number(hand)
    figure = _figure(hand, place)
    spelling = hand.rnd.choice(
        (figure, f"{Decimal(figure):,f}", f" {figure}\xa0", figure.translate(_WIDE), f"{figure}\u3000")
    )
    hand.type(place, spelling)


@mutation(TYPING)
def full_width_digits(hand: Hand) -> None:
    place = hand.one(
        place for place in hand.answers(is_value) if any(c.isdigit() for c in hand.sheet.cells[place].text)
    )
    hand.type(place, hand.sheet.cells[place].text.translate(_WIDE))


@mutation(TYPING)
def measure_inside_the_number(hand: Hand) -> None:
    """48家 in the value cell, 120万元 or 46人 in an amount or count."""
    if hand.rnd.random() < 0.5:
        place = plain_value(hand)
        measure = hand.sheet.cells.get((place[0], place[1] + 1), Cell(EMPTY, "")).text or "个"
        hand.type(place, hand.sheet.cells[place].text + measure)
        return
    place = _number(hand)
    slot = hand.slot(place)
    assert slot is not None
    hand.type(place, _figure(hand, place) + (hand.rnd.choice(("元", "万元")) if money(slot) else "人"))


@mutation(TYPING)
def about_so_many(hand: Hand) -> None:
    """约200, 200余, 200左右 in a target."""
    place = plain_value(hand)
    text = hand.sheet.cells[place].text
    hand.type(place, hand.rnd.choice((f"约{text}", f"{text}余", f"{text}左右", f"{text}以上", f"近{text}")))


@mutation(TYPING, "report")
def about_so_much_money(hand: Hand) -> None:
    place = _number(hand)
    text = _figure(hand, place)
    hand.type(
        place,
        hand.rnd.choice((f"约{text}", f"{text}左右", f"{text}余", "见附表", f"{text}-{text}9", f"≥{text}", "若干")),
    )
    hand.demand("VAL02 VAL19 VAL20 VAL21")


@mutation(TYPING)
def percent_as_text(hand: Hand) -> None:
    place = hand.one(hand.answers(is_value))
    hand.type(place, hand.rnd.choice(("85%", "85％", "85.5%", "100%", "0.85")))


@mutation(TYPING)
def percent_as_number(hand: Hand) -> None:
    """A cell from elsewhere with 0.85 in it that shows 85%."""
    place = hand.one(hand.answers(is_value))
    hand.enter(
        place, hand.rnd.choice(("0.85", "0.9", "1", "0.855", "0.0900000762939453")), hand.rnd.choice(("0%", "0.00%"))
    )


@mutation(TYPING, "report")
def percent_in_an_amount(hand: Hand) -> None:
    hand.enter(_number(hand), "0.85", "0%")
    hand.demand("VAL14")


@mutation(TYPING, "report")
def fraction_that_became_a_date(hand: Hand) -> None:
    """1/2 typed into a cell of the usual format."""
    hand.enter(hand.one(hand.answers(is_value)), "45293", hand.rnd.choice(('m"月"d"日"', "d-mmm", "yyyy/m/d")))
    hand.demand("IND14 IND06 IND05")


@mutation(TYPING, "report")
def date_in_an_amount(hand: Hand) -> None:
    hand.enter(_number(hand), "45293", hand.rnd.choice(("yyyy/m/d", 'yyyy"年"m"月"d"日"', "yyyy-mm-dd")))
    hand.demand("VAL13")


@mutation(TYPING)
def date_in_a_text(hand: Hand) -> None:
    place = hand.one(hand.answers(wordy))
    hand.enter(place, "45293", hand.rnd.choice(("yyyy/m/d", "yyyy-mm-dd")))


@mutation(TYPING)
def number_in_a_text(hand: Hand) -> None:
    """A figure in a cell for words, after its format was pasted over."""
    hand.enter(hand.one(hand.answers(wordy)), hand.rnd.choice(("12", "2024", "3.5")), "General")


@mutation(TYPING)
def target_as_number(hand: Hand) -> None:
    """Values typed after a paste took the text format away: numbers, leading zeros lost."""
    place = plain_value(hand)
    hand.enter(
        place,
        repr(float(hand.sheet.cells[place].text)).removesuffix(".0"),
        hand.rnd.choice(("General", "0", "0.00", "#,##0.00")),
    )


@mutation(TYPING, "report")
def digits_that_are_not_shown(hand: Hand) -> None:
    """300.506 in a cell that shows 300.51."""
    place = _number(hand)
    hand.enter(place, f"{hand.rnd.randint(1, 9999)}.506", hand.rnd.choice(("#,##0.00", "0", "#,##0")))
    hand.demand("VAL11 VAL15 VAL05")


@mutation(TYPING, "report")
def number_nobody_sees(hand: Hand) -> None:
    """A number format that shows nothing."""
    place = _number(hand)
    hand.enter(place, "7", ";;;")
    hand.demand_whole("VAL11", cell=True)


@mutation(TYPING)
def paste_whole_cells_from_elsewhere(hand: Hand) -> None:
    """Cells of another table with their own format and lock, and no list any more."""
    place = hand.an_answer()
    old = hand.sheet.cells[place]
    cell = hand.rnd.choice((
        Cell(NUMBER, "0.85", "0%"), Cell(NUMBER, "123", "General"), Cell(TEXT, "别处的文字", "General"),
        Cell(NUMBER, "85", "0.00"), Cell(TEXT, "48", "@"), Cell(TEXT, "=", "General"),
        Cell(NUMBER, "0.333333333333333", "General"),
    ))  # fmt: skip
    hand.put(place, cell._replace(locked=True, slot=old.slot, tags=old.tags))
    hand.sheet.validations = [
        item for item in hand.sheet.validations if not any(area.holds(*place) for area in item.areas)
    ]


@mutation(TYPING, "report")
def paste_a_formula(hand: Hand) -> None:
    """A formula of one's own where an answer belongs: read as it shows, and told."""
    place = hand.an_answer(lambda slot: numeric(slot) or slot.part == "value")
    old = hand.sheet.cells[place]
    figure = str(hand.rnd.randint(1, 9000))
    hand.put(place, old._replace(kind=NUMBER, text=figure, format="General", formula=f"{figure}*1"))
    hand.demand("VAL10 VAL09")


@mutation(TYPING, "report")
def a_formula_that_failed(hand: Hand) -> None:
    place = hand.an_answer()
    old = hand.sheet.cells[place]
    formula, error = hand.rnd.choice((("1/0", "#DIV/0!"), ("NA()", "#N/A"), ('"a"+1', "#VALUE!")))
    hand.put(place, old._replace(kind=ERROR, text=error, formula=formula))
    hand.demand("VAL08 VAL09")


@mutation(TYPING)
def line_breaks(hand: Hand) -> None:
    """Alt+Enter in the middle of a text."""
    place = hand.one(place for place in hand.answers(wordy) if len(hand.sheet.cells[place].text) > 3)
    text = hand.sheet.cells[place].text
    at = hand.rnd.randint(1, len(text) - 1)
    hand.type(place, text[:at] + hand.rnd.choice(("\n", "\r\n", "\n\n")) + text[at:])


@mutation(TYPING)
def line_break_in_a_value(hand: Hand) -> None:
    place = hand.one(hand.answers(is_value))
    hand.type(place, hand.sheet.cells[place].text + "\n")


@mutation(TYPING)
def operator_in_words(hand: Hand) -> None:
    place = hand.an_answer(lambda slot: slot.part == "operator")
    hand.type(place, hand.rnd.choice(("＝", ">=", "≧", "不低于", "等于", "<=", "》", " ≥ ", "==", "大于", "定量")))


@mutation(TYPING)
def operator_in_the_value(hand: Hand) -> None:
    place = plain_value(hand)
    hand.type(place, hand.rnd.choice(("≥", "=", "不低于", "＞＝", "<")) + hand.sheet.cells[place].text)


@mutation(TYPING)
def value_and_measure_swapped(hand: Hand) -> None:
    place = hand.one(hand.answers(is_value))
    other = (place[0], place[1] + 1)
    if other not in hand.sheet.cells or hand.sheet.cells[other].empty or not hand.sheet.cells[other].slot:
        raise CannotError
    one, two = hand.sheet.cells[place].text, hand.sheet.cells[other].text
    hand.type(place, two)
    hand.type(other, one)


@mutation(TYPING, "report")
def superscript_in_a_number(hand: Hand) -> None:
    hand.type(_number(hand), "10²")
    hand.demand("VAL18")


@mutation(TYPING)
def superscript_in_a_measure(hand: Hand) -> None:
    hand.type(hand.an_answer(lambda slot: slot.part == "measure"), hand.rnd.choice(("m²", "㎡", "平方米", "立方米")))


@mutation(TYPING, "report")
def leading_zeros_in_an_amount(hand: Hand) -> None:
    hand.type(_number(hand), hand.rnd.choice(("007", "00123", "10 20")))
    hand.demand("VAL19 VAL02")


@mutation(TYPING)
def a_truth_value(hand: Hand) -> None:
    place = hand.an_answer()
    hand.put(
        place,
        hand.sheet.cells[place]._replace(kind=BOOLEAN, text=hand.rnd.choice("01"), format="General", formula=None),
    )


@mutation(TYPING)
def not_applicable(hand: Hand) -> None:
    hand.type(hand.an_answer(lambda slot: numeric(slot) or slot.part in ("operator", "value")), "不适用")


@mutation(TYPING)
def nothing_but_blanks(hand: Hand) -> None:
    hand.type(hand.an_answer(filled=False), hand.rnd.choice((" ", "\u3000\u3000", "\xa0", "\n")))


@mutation(TYPING)
def marks_of_the_web(hand: Hand) -> None:
    """Tags and lost characters, as in the published forms."""
    place = hand.one(hand.answers(wordy))
    text = hand.sheet.cells[place].text
    hand.type(place, hand.rnd.choice((f"<p>{text}</p>", f"{text}□")))
