"""The catalogue keeps one live row an id; a snapshot is used only when every byte and stamp agrees."""

import json
from pathlib import Path

import numpy as np
import pytest
from tiny_columns import DIM, TinyColumns, groups, unit_vectors

from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.lexical import numbered
from matcher.retrieval.snapshot import load_snapshot, save_snapshot
from matcher.retrieval.snapshot_stamp import SnapshotMismatch, Stamp, read_stamp

STAMP = Stamp(model_id="model-1", lexicon="words-1", high_water_mark=42)


def load(folder: Path, *, model_id: str = "model-1", lexicon: str = "words-1") -> Catalogue[TinyColumns]:
    catalogue = Catalogue(TinyColumns.blank(0), DIM)
    load_snapshot(folder, catalogue, model_id=model_id, lexicon=lexicon)
    return catalogue


def test_a_change_replaces_the_row_and_a_removal_hides_it(make_catalogue) -> None:
    catalogue = make_catalogue(5)
    catalogue.put(["p2"], TinyColumns.blank(1), numbered([["叉车"]]), unit_vectors(9, 1), groups(1))
    catalogue.remove(["p4", "nobody"])
    assert len(catalogue) == 4
    assert catalogue.row("p2") == 5
    assert catalogue.row("p4") is None
    assert catalogue.alive.tolist() == [True, True, False, True, False, True]


def test_the_same_id_twice_in_one_batch_keeps_the_last(empty_catalogue) -> None:
    empty_catalogue.put(
        ["a", "a"], TinyColumns.blank(2), numbered([["电焊"], ["瓦工"]]), unit_vectors(1, 2), groups(2)
    )
    assert empty_catalogue.alive.tolist() == [False, True]


def test_parts_of_unequal_number_are_refused(empty_catalogue) -> None:
    with pytest.raises(ValueError, match="2 ids"):
        empty_catalogue.put(
            ["a", "b"], TinyColumns.blank(1), numbered([[], []]), unit_vectors(1, 2), groups(2)
        )


def test_snapshot_restores_everything(make_catalogue, tmp_path: Path) -> None:
    catalogue = make_catalogue(30)
    catalogue.remove(["p3"])
    save_snapshot(tmp_path / "index", catalogue, STAMP)
    again = load(tmp_path / "index")
    assert read_stamp(tmp_path / "index") == STAMP
    assert again.ids == catalogue.ids
    assert "p3" not in again
    assert np.array_equal(again.lexical.scores(["电焊"]), catalogue.lexical.scores(["电焊"]))
    query = unit_vectors(5, 1)
    assert np.array_equal(again.vectors.search(query, 7)[1], catalogue.vectors.search(query, 7)[1])


def test_saving_again_replaces_the_snapshot_and_leaves_no_rubbish(make_catalogue, tmp_path: Path) -> None:
    save_snapshot(tmp_path / "index", make_catalogue(3), STAMP)
    save_snapshot(tmp_path / "index", make_catalogue(4), STAMP)
    assert len(load(tmp_path / "index")) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


@pytest.mark.parametrize(
    "name", ["ids.json", "lexical.npz", "columns.npz", "rows.npz", "vectors.faiss", "manifest.json"]
)
@pytest.mark.parametrize("damage", ["flip", "truncate", "delete"])
def test_any_damage_is_noticed(make_catalogue, tmp_path: Path, name: str, damage: str) -> None:
    folder = tmp_path / "index"
    save_snapshot(folder, make_catalogue(30), STAMP)
    path = folder / name
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif damage == "truncate":
        path.write_bytes(data[: len(data) // 2])
    else:
        path.unlink()
    with pytest.raises(SnapshotMismatch):
        load(folder)


def test_another_model_or_lexicon_or_dimension_is_refused(make_catalogue, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    save_snapshot(folder, make_catalogue(3), STAMP)
    with pytest.raises(SnapshotMismatch, match="model"):
        load(folder, model_id="model-2")
    with pytest.raises(SnapshotMismatch, match="lexicon"):
        load(folder, lexicon="words-2")
    with pytest.raises(SnapshotMismatch, match="dim"):
        load_snapshot(folder, Catalogue(TinyColumns.blank(0), 3), model_id="model-1", lexicon="words-1")


def test_an_absent_snapshot_says_so(tmp_path: Path) -> None:
    with pytest.raises(SnapshotMismatch, match="no manifest"):
        load(tmp_path / "nothing")


@pytest.mark.parametrize("change", [{"rows": 99}, {"stamp": {"high_water_mark": 43}}])
def test_an_edited_manifest_is_refused(make_catalogue, tmp_path: Path, change: dict) -> None:
    folder = tmp_path / "index"
    save_snapshot(folder, make_catalogue(3), STAMP)
    manifest = json.loads((folder / "manifest.json").read_text())
    for key, value in change.items():
        manifest["body"][key] = manifest["body"][key] | value if isinstance(value, dict) else value
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(SnapshotMismatch, match="own digest"):
        load(folder)
