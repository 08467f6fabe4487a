"""Write the trained table as a SentenceTransformer folder (导出)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

from matcher.encoding.artifact import OUR_SEGMENTATION, Marker, seal
from matcher.encoding.tokens import UNITS, words_digest

UNKNOWN = "[UNK]"


def export_model(folder: Path, tokens: list[str], table: np.ndarray) -> str:
    """Replace `folder` by the model; returns its id.

    tokens: (n,) vocabulary. table: (n, dim) float; stored as float16, which halves the folder.
    The model stays pure (WordLevel over blanks): a tokenizer with our segmenter inside could be saved but
    not loaded.
    """
    if any(token != "".join(token.split()) for token in tokens):
        raise ValueError("a token holds white space and would be cut in two")
    vocabulary = {UNKNOWN: 0, **{token: row for row, token in enumerate(tokens, start=1)}}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    weights = np.vstack([np.zeros((1, table.shape[1])), table]).astype(np.float16)
    module = StaticEmbedding(tokenizer, embedding_weights=torch.from_numpy(weights))
    making = folder.with_name(f"{folder.name}.making.{os.getpid()}")
    SentenceTransformer(modules=[module], device="cpu").save(str(making), create_model_card=False)
    (making / "model.safetensors").chmod(0o644)
    marker = Marker(
        segmentation=OUR_SEGMENTATION, units=UNITS, words_digest=words_digest(), dim=int(table.shape[1])
    )
    identity = seal(making, marker)
    shutil.rmtree(folder, ignore_errors=True)
    making.rename(folder)
    return identity
