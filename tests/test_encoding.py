"""A text is read in the encoding that it was saved in, whether or not a mark says which."""

import codecs

import pytest

from landtrack.ingest.formats import encoding

TEXTS = [
    pytest.param("项目编号，企业名称\n（亩），（万元）\n制表：某某，审核：某某\n", id="few digits"),
    pytest.param("一期，一厂\n一一一一一一，一一\n", id="letters whose own last byte is 0"),
    pytest.param("k,v\n1,一期\n", id="mostly digits and one such letter"),
    pytest.param("plot,area\nA1,8000\n", id="English"),
    pytest.param("участок;площадь\nА1;8000\n", id="Russian"),
    pytest.param("필지,면적\nA1,8000\nA2,9000\n", id="Korean with figures"),
    pytest.param("地块，面积㎡\r\n①号，四千 m²\r\n", id="signs"),
    pytest.param("地块\r甲\r乙\r", id="ends of lines of old"),
    pytest.param("用地面积" * 3000 + "\n", id="a first line longer than what is looked at"),
    pytest.param("项目，编号；" * 900 + "\n甲，8000\n乙，9000\n", id="and figures below it"),
    pytest.param("участок；площадь；" * 300_000 + "\nА1;8000\n", id="beyond what is read at once"),
    pytest.param("地块编号，企业名称，用地面积。" * 400, id="no line end at all"),
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("marked", [True, False])
def test_utf_16_is_known_in_either_order_with_a_mark_or_without(tmp_path, text, order, marked):
    mark = {"le": codecs.BOM_UTF16_LE, "be": codecs.BOM_UTF16_BE}[order] if marked else b""
    (tmp_path / "a.csv").write_bytes(mark + text.encode(f"utf-16-{order}"))

    assert encoding.read_text(tmp_path / "a.csv") == text


@pytest.mark.parametrize("text", [
    *TEXTS[:5], *TEXTS[6:],
    pytest.param("latin letters with few others: " * 300 + "ä", id="mostly ASCII, one line"),
    pytest.param("单位：某某\0\0\n地块，面积\0\n", id="padded with bytes of 0"),
    pytest.param("项目\0,面积\0\n甲,80\0\n", id="fields that end with one"),
])
def test_what_is_saved_as_gbk_is_not_taken_for_utf_16(tmp_path, text):
    (tmp_path / "a.csv").write_bytes(text.encode("gb18030"))

    assert encoding.read_text(tmp_path / "a.csv") == text


def test_a_stray_byte_of_0_makes_no_utf_16_of_english(tmp_path):
    text = "the plots of the park and what is built on them\0 as of the first of may\n"
    (tmp_path / "a.csv").write_bytes(text.encode())

    assert encoding.read_text(tmp_path / "a.csv") == text
