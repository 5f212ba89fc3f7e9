"""JSON from outside: keys are counted piece by piece, and none is lost at a seam."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weft.kernel.errors import Malformed
from weft.platform import strict_json


@pytest.mark.parametrize("piece", [1, 2, 3, 7])
def test_pieces_count_as_the_whole(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_json, "_PIECE", piece)

    @settings(max_examples=200, deadline=None)
    @given(st.text('ab":\\ \n,{', max_size=40).map(str.encode))
    def law(text: bytes) -> None:
        assert strict_json._count_key_ends(text) == len(strict_json._KEY_END.findall(text))

    law()


@pytest.mark.parametrize("space", ["", " ", " \n\t "])
@pytest.mark.parametrize("length", [10, 400_000])
def test_a_doubled_key_is_found_wherever_it_stands(length: int, space: str) -> None:
    filler = orjson.dumps("at 12:30, \\" + 'x: "y" :' * (length // 10)).decode()
    once = f'{{"a"{space}: {filler}, "b": {{"c": 1}}}}'.encode()
    assert strict_json.parse_json(once) == orjson.loads(once)
    twice = f'{{"a"{space}: {filler}, "b": {{"c"{space}: 1, "c": 2}}}}'.encode()
    with pytest.raises(Malformed, match="'c' stands twice"):
        strict_json.parse_json(twice)
