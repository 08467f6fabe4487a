"""The encoder's contract, on the shipped model and on a small transformer made here."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.encoding.artifact import MANIFEST, MARKER, read_marker, seal
from matcher.encoding.encoder import SHIPPED, Encoder
from matcher.encoding.postings import mean_direction
from matcher.encoding.tokens import MAX_ENCODED_CHARS, encoder_tokens, words_digest
from matcher.errors import Unavailable

TEXTS = ["会贴砖,想找日结的活", "Java开发工程师,三年以上经验", "养老院护理员 照顾老人 包吃住", "C++"]
REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def shipped() -> Encoder:
    return Encoder.load()


@pytest.fixture
def copy_of_shipped(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "model"))


@pytest.fixture(scope="module")
def tiny_transformer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random two-layer BERT over single characters, saved as a SentenceTransformer folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(7)
    folder = tmp_path_factory.mktemp("transformer")
    letters = sorted(set("".join(TEXTS).lower()) - {" "})
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]))
    config = BertConfig(
        vocab_size=5 + len(letters),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    words = Transformer(str(folder / "bert"))
    model = SentenceTransformer(modules=[words, Pooling(words.get_embedding_dimension())], device="cpu")
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"


def test_vectors_have_unit_length_and_the_promised_shape(shipped: Encoder) -> None:
    vectors = shipped.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), shipped.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "!!!???", ",。、;:", "……——", "😀😀", "\u3000"])
def test_a_text_that_says_nothing_gets_a_zero_row(shipped: Encoder, text: str) -> None:
    vectors = shipped.encode(["保洁", text, "电工"])
    assert not vectors[1].any()
    assert vectors[0].any()
    assert vectors[2].any()


def test_no_texts_give_no_rows(shipped: Encoder) -> None:
    assert shipped.encode([]).shape == (0, shipped.dim)


def test_the_batch_size_does_not_change_the_vectors(shipped: Encoder) -> None:
    np.testing.assert_array_equal(shipped.encode(TEXTS, batch_size=1), shipped.encode(TEXTS, batch_size=100))


def test_a_huge_text_is_cut_and_still_encoded(shipped: Encoder) -> None:
    assert shipped.encode(["电工" * 2_000_000]).any()


def test_only_the_beginning_of_a_long_text_counts() -> None:
    beginning = ("电工" * MAX_ENCODED_CHARS)[:MAX_ENCODED_CHARS]
    assert encoder_tokens(beginning + "会计") == encoder_tokens(beginning)
    assert "会计" in encoder_tokens(beginning[:-2] + "会计")


def test_tokens_are_words_then_letters_then_pairs_of_letters() -> None:
    assert encoder_tokens("贴砖,c++") == ["贴砖", "c++", "贴", "砖"]


def test_a_posting_lies_halfway_between_its_title_and_its_text(shipped: Encoder) -> None:
    head, body = shipped.encode(["电工", "会计,负责报税"])
    both, only_head, neither = mean_direction(shipped, ["电工", "电工", ""], ["会计,负责报税", "", ""])
    assert both @ head == pytest.approx(both @ body, abs=1e-5)
    np.testing.assert_allclose(both, (head + body) / np.linalg.norm(head + body), atol=1e-6)
    np.testing.assert_allclose(only_head, head, atol=1e-6)
    assert not neither.any()


def test_related_work_is_nearer_than_unrelated_work(shipped: Encoder) -> None:
    wish, near, far = shipped.encode(["送外卖", "骑手,负责配送餐品,要求熟悉路线", "会计,负责记账报税"])
    assert wish @ near > wish @ far + 0.1


def test_sentence_transformers_reads_the_shipped_folder_and_gives_the_same_vectors(shipped: Encoder) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(SHIPPED), device="cpu", local_files_only=True)
    theirs = model.encode([" ".join(encoder_tokens(text)) for text in TEXTS]).astype(np.float32)
    theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
    np.testing.assert_allclose(shipped.encode(TEXTS), theirs, atol=5e-3)  # theirs sums in half precision


def test_a_model_saved_and_read_in_a_fresh_process_gives_equal_vectors(tmp_path: Path) -> None:
    from models.encoder.export import export_model

    tokens = list(dict.fromkeys(token for text in TEXTS for token in encoder_tokens(text)))
    table = np.random.default_rng(3).normal(size=(len(tokens), 16)).astype(np.float16).astype(np.float32)
    identity = export_model(tmp_path / "model", tokens, table)
    script = (
        "import sys, json; from pathlib import Path; from matcher.encoding.encoder import Encoder\n"
        "e = Encoder.load(Path(sys.argv[1]))\n"
        "print(json.dumps([e.model_id, e.encode(json.loads(sys.argv[2])).tolist()]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "model"), json.dumps(TEXTS)],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )
    fresh_id, fresh = json.loads(ran.stdout)
    rows = [[tokens.index(token) for token in encoder_tokens(text)] for text in TEXTS]
    expected = np.array([table[row].sum(axis=0) for row in rows])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert fresh_id == identity
    np.testing.assert_allclose(fresh, expected, atol=1e-6)


def test_an_unknown_token_adds_nothing_in_sentence_transformers_either(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    from models.encoder.export import export_model

    export_model(tmp_path / "model", ["电工"], np.ones((1, 8), dtype=np.float32))
    model = SentenceTransformer(str(tmp_path / "model"), device="cpu", local_files_only=True)
    assert not model.encode(["从未见过"]).any()


def test_loading_the_shipped_model_imports_no_torch() -> None:
    script = (
        "import sys; from matcher.encoding.encoder import Encoder; Encoder.load().encode(['电工'])\n"
        "sys.exit(int('torch' in sys.modules or 'sentence_transformers' in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=REPOSITORY)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", MARKER])
def test_one_flipped_byte_is_refused_by_name(copy_of_shipped: Path, name: str) -> None:
    path = copy_of_shipped / name
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    with pytest.raises(Unavailable, match=name if name != MARKER else "matcher|标记"):
        Encoder.load(copy_of_shipped)


def test_a_missing_or_added_file_is_refused(copy_of_shipped: Path) -> None:
    (copy_of_shipped / "extra.txt").write_text("x")
    with pytest.raises(Unavailable, match=r"extra\.txt"):
        Encoder.load(copy_of_shipped)
    (copy_of_shipped / "extra.txt").unlink()
    (copy_of_shipped / MANIFEST).unlink()
    with pytest.raises(Unavailable, match="清单"):
        Encoder.load(copy_of_shipped)


def test_a_missing_folder_names_the_setting_to_check(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="MATCHER_ENCODER"):
        Encoder.load(tmp_path / "nowhere")


def test_other_segmentation_words_than_at_training_are_reported(copy_of_shipped: Path) -> None:
    marker = read_marker(copy_of_shipped)
    assert marker is not None
    now = type(marker)(marker.segmentation, marker.units, words_digest(), marker.dim)
    seal(copy_of_shipped, now)
    assert Encoder.load(copy_of_shipped).lexicon_matches
    seal(copy_of_shipped, type(marker)(marker.segmentation, marker.units, "0" * 64, marker.dim))
    assert not Encoder.load(copy_of_shipped).lexicon_matches


def test_a_model_for_other_token_units_is_refused(copy_of_shipped: Path) -> None:
    marker = read_marker(copy_of_shipped)
    assert marker is not None
    seal(copy_of_shipped, type(marker)(marker.segmentation, "syllables", marker.words_digest, marker.dim))
    with pytest.raises(Unavailable, match="不配套"):
        Encoder.load(copy_of_shipped)


def test_a_path_swaps_in_another_sentence_transformer(tiny_transformer: Path, shipped: Encoder) -> None:
    from sentence_transformers import SentenceTransformer

    plugged = Encoder.load(tiny_transformer)
    raw = SentenceTransformer(str(tiny_transformer), device="cpu").encode(TEXTS)
    expected = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    assert plugged.dim == 32
    assert plugged.model_id != shipped.model_id
    np.testing.assert_allclose(plugged.encode(TEXTS), expected, atol=1e-5)
    assert not plugged.encode(["", "。。"]).any()


def test_weights_that_could_run_code_are_refused(tiny_transformer: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_transformer, tmp_path / "unsafe"))
    (folder / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(Unavailable, match="safetensors"):
        Encoder.load(folder)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing here")
    with pytest.raises(Unavailable, match="SentenceTransformer"):
        Encoder.load(tmp_path)


class _Fake:
    dim = 2

    def __init__(self, rows: list[list[float]]) -> None:
        self._rows = rows

    def encode(self, texts: Sequence[str], batch_size: int) -> NDArray[np.float32]:
        return np.array(self._rows, dtype=np.float32)


@pytest.mark.parametrize(
    ("rows", "message"), [([[np.nan, 1.0]], "NaN"), ([[np.inf, 1.0]], "NaN"), ([[1.0, 2.0, 3.0]], "长度")]
)
def test_a_plugged_model_with_bad_output_is_unavailable(rows: list[list[float]], message: str) -> None:
    with pytest.raises(Unavailable, match=message):
        Encoder(_Fake(rows), "fake").encode(["电工"])
