"""Roots and proofs, against the recursive definition of RFC 6962 and against forgery."""

import hashlib
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from storage.archive.merkle import Leaf, find_paths, find_root, follow_path, hash_leaf, hash_node

LEAVES = st.lists(st.binary(max_size=8).map(hash_leaf), min_size=1, max_size=70)
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def define_root(hashes: list[bytes]) -> bytes:
    """The definition, word by word."""
    if len(hashes) == 1:
        return hashes[0]
    size = 1
    while 2 * size < len(hashes):
        size *= 2
    return hash_node(define_root(hashes[:size]), define_root(hashes[size:]))


@given(LEAVES)
def test_the_root_is_as_defined(hashes: list[bytes]) -> None:
    """One pass with a stack gives what the recursion gives."""
    assert find_root(hashes) == (define_root(hashes), len(hashes))


def test_no_leaves_and_a_known_tree() -> None:
    """The empty root, and that of the single empty leaf, are those that Certificate Transparency publishes."""
    assert find_root([]) == (hashlib.sha256().digest(), 0)
    assert find_root([hash_leaf(b"")])[0].hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@given(LEAVES, st.data())
def test_every_leaf_can_be_proved(hashes: list[bytes], data: st.DataObject) -> None:
    """The path of a leaf leads to the root; that of another leaf or place does not."""
    places = data.draw(st.sets(st.integers(0, len(hashes) - 1), min_size=1))
    index = data.draw(st.sampled_from(sorted(places)))
    root, paths = find_paths(hashes, places)
    path = paths[index]
    assert root == find_root(hashes)[0]
    assert set(paths) == places
    assert follow_path(hashes[index], index, len(hashes), path) == root
    assert follow_path(hash_leaf(b"another leaf"), index, len(hashes), path) != root
    assert follow_path(hashes[index], len(hashes), len(hashes), path) is None
    assert follow_path(hashes[index], index, len(hashes), [*path, root]) != root
    if path:
        assert follow_path(hashes[index], index, len(hashes), path[:-1]) != root


def test_a_leaf_is_written_out() -> None:
    """The bytes are fixed: others must be able to compute them."""
    leaf = Leaf("urn:uuid:1", AT, "https://a.example/", "sha1:AB", None)
    assert leaf.encode() == (
        b"replywatch capture 1\nurn:uuid:1\n2026-03-02T01:00:00.000000Z\nhttps://a.example/\nsha1:AB\n\n"
    )
