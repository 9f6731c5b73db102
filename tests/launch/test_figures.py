"""The folder of the web processes' figures lies where no full disk can kill them."""

from __future__ import annotations

from brokerage.launch.figures import figures_folder


def test_it_lies_in_memory_apart_for_each_portal_and_goes_with_it(tmp_path):
    memory = tmp_path / "memory"
    memory.mkdir()
    with (
        figures_folder(tmp_path / "one", memory=memory) as one,
        figures_folder(tmp_path / "two", memory=memory) as two,
    ):
        assert one != two
        assert one.parent == two.parent == memory
        assert one.stat().st_mode & 0o077 == 0
    assert not list(memory.iterdir())


def test_what_a_killed_portal_left_is_not_counted_again(tmp_path):
    with figures_folder(tmp_path, memory=tmp_path / "none") as folder:
        assert folder == tmp_path / "metrics"
        (folder / "counter_1.db").write_bytes(b"old")
        with figures_folder(tmp_path, memory=tmp_path / "none") as again:
            assert not list(again.iterdir())
