"""What COPY takes: keys, days and moments as text, of many at once."""

import numpy as np

from hocsuotdoi.simulation.operations.activity import EPOCH, OFFSET_MS

NULL = r"\N"


def learner_keys(seed: int, learners: np.ndarray) -> list[str]:
    """Pseudonyms: the same learner has the same key at every house and in every year of one simulation."""
    base = learners.astype(np.uint64) * np.uint64(2) + np.uint64(seed % 2**32 << 40)
    return _hex(_stamped(_splitmix(base), 4), _variant(_splitmix(base + np.uint64(1))))


def ids_of(rng: np.random.Generator, moments: np.ndarray) -> list[str]:
    """UUIDv7 (RFC 9562) of moments in milliseconds, random in the rest."""
    luck = rng.integers(0, 2**64, (2, len(moments)), np.uint64, endpoint=False)
    high = (moments.astype(np.uint64) << np.uint64(16)) | (luck[0] & np.uint64(0xFFFF))
    return _hex(_stamped(high, 7), _variant(luck[1]))


def _stamped(high: np.ndarray, version: int) -> np.ndarray:
    return (high & np.uint64(0xFFFF_FFFF_FFFF_0FFF)) | np.uint64(version << 12)


def _variant(low: np.ndarray) -> np.ndarray:
    return (low & np.uint64(2**62 - 1)) | np.uint64(2**63)


def _splitmix(x: np.ndarray) -> np.ndarray:
    """Mixes each number of 64 bits so well that neighbours have nothing in common, and never makes two the same."""
    x = x * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _hex(high: np.ndarray, low: np.ndarray) -> list[str]:
    text = np.stack([high, low], axis=1).astype(">u8").tobytes().hex()
    return [text[start : start + 32] for start in range(0, len(text), 32)]


def days_as_text(days: np.ndarray) -> list[str]:
    return np.datetime_as_string((days - EPOCH).astype("datetime64[D]")).tolist()


def moments_as_text(moments: np.ndarray) -> list[str]:
    """As Viet Nam's clocks show them."""
    local = (moments + OFFSET_MS).astype("datetime64[ms]")
    return [f"{moment}+07" for moment in np.datetime_as_string(local).tolist()]
