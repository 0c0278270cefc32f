"""What is written of a large map piece by piece is what is written of it at once."""

import numpy as np
import pageread
import pytest

from landtrack.output.map import encode
from landtrack.output.map.folder import Folder


@pytest.mark.parametrize("at_once", [1, 2, 5, 7])
def test_steps_go_on_from_piece_to_piece(monkeypatch, at_once):
    values = [5, -300, 70_000, 70_000, 0, 2**30, -1]
    monkeypatch.setattr(encode, "AT_ONCE", at_once)

    assert pageread.steps(encode.steps(np.array(values, dtype=np.int32)), 7) == values


@pytest.mark.parametrize("size", [0, 1, 14, 15, 16, 29, 30, 31, 100])
@pytest.mark.parametrize("groups", [1, 2, 1000])
def test_letters_hold_all_bytes_however_many_are_written_at_once(monkeypatch, size, groups):
    data = np.random.default_rng(size).integers(0, 256, size, dtype=np.uint8).tobytes()
    monkeypatch.setattr(encode, "GROUPS", groups)

    letters = [ord(each) - 0x3000 for each in b"".join(encode.dense(data)).decode("utf-16-le")]

    bits = "".join(f"{each:015b}" for each in letters[1:])
    read = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
    assert read[: len(read) - letters[0]] == data
    assert len(letters) == 1 + -(-size // 15) * 8


def test_the_blocks_of_a_layer_are_on_the_disk_when_those_of_the_next_come(tmp_path):
    with Folder(tmp_path) as into:
        into["parcels/text/field.name"] = b"one"
        into["parcels/text/field.owner"] = b"two"
        assert list(tmp_path.iterdir()) == []
        into["plots/text/field.name"] = b"three"

        (made,) = tmp_path.iterdir()
        said = made.read_text("utf-16")
    assert (made.name, said.count("field.")) == ("parcels-text.js", 2)


def test_no_file_is_ever_written_over_another(tmp_path):
    with pytest.raises(FileExistsError), Folder(tmp_path) as into:
        into["parcels/text/field.name"] = b"one"
        into["plots/text/field.name"] = b"two"
        into["parcels/text/field.owner"] = b"three"
