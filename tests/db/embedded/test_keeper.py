"""Sharing, stopping and dying: whatever ends however, no server is left and none is lost."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from tests.db.embedded.commands import (
    Command,
    is_alive,
    keeper_of,
    server_processes,
    wait_until_gone,
    wait_until_keeper_begins,
)
from tthc.db.embedded.person import choose_person
from tthc.db.embedded.share import share_server

Start = Callable[..., Command]


async def answer(url: str, question: str = "select 42") -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_a_server_starts_serves_and_leaves_nothing(
    tmp_path: Path, pg_bin: Path, command: Start
) -> None:
    first = command(tmp_path, pg_bin)
    url = first.url()
    assert await answer(url, "select lower('ĐƯỜNG') || ('Đ' ilike 'đ')::text") == "đườngtrue"
    assert await answer(url, "show listen_addresses") == ""
    assert await answer(url, "show server_encoding") == "UTF8"
    assert not first.end()
    wait_until_gone(tmp_path)


async def test_the_last_of_several_commands_stops_the_server(
    tmp_path: Path, command: Start
) -> None:
    together = [command(tmp_path) for _ in range(4)]
    (url,) = {each.url() for each in together}
    first_server = server_processes(tmp_path)[0]
    for each in together[:3]:
        each.end()
    await asyncio.sleep(1.5)  # longer than a server stays without users
    assert await answer(url) == 42
    assert server_processes(tmp_path)[0] == first_server
    together[3].end()
    wait_until_gone(tmp_path)


async def test_commands_come_while_the_server_stops(tmp_path: Path, command: Start) -> None:
    command(tmp_path).end()
    for pause in (0.5, 0.6, 0.7):  # around the moment when it stops
        await asyncio.sleep(pause)
        late = command(tmp_path)
        assert await answer(late.url()) == 42
        assert not late.end()
    wait_until_gone(tmp_path)


async def test_a_killed_command_gives_its_share_back(tmp_path: Path, command: Start) -> None:
    killed = command(tmp_path)
    killed.url()
    killed.kill()
    wait_until_gone(tmp_path)


async def test_a_command_killed_while_it_starts_leaves_nothing(
    tmp_path: Path, command: Start
) -> None:
    killed = command(tmp_path)
    wait_until_keeper_begins(tmp_path)
    killed.kill()
    other = command(tmp_path)
    assert await answer(other.url()) == 42
    other.end()
    wait_until_gone(tmp_path)


async def test_the_server_dies_with_its_keeper_and_the_next_command_recovers(
    tmp_path: Path, command: Start, pg_bin: Path
) -> None:
    first = command(tmp_path, pg_bin)
    url = first.url()
    await answer(url, "create table kept as select 7 as n")
    os.kill(keeper_of(tmp_path), signal.SIGKILL)
    second = command(tmp_path, pg_bin)
    assert await answer(second.url(), "select n from kept") == 7
    assert await answer(url, "select n from kept") == 7  # the first goes on with the new server
    first.end()
    second.end()
    wait_until_gone(tmp_path)


async def test_a_killed_server_is_replaced(tmp_path: Path, command: Start) -> None:
    first = command(tmp_path)
    first.url()
    keeper = keeper_of(tmp_path)
    os.kill(server_processes(tmp_path)[0], signal.SIGKILL)
    second = command(tmp_path)
    assert await answer(second.url()) == 42
    assert not is_alive(keeper)
    first.end()
    second.end()
    wait_until_gone(tmp_path)


async def test_a_keeper_told_to_end_stops_the_server_first(tmp_path: Path, command: Start) -> None:
    first = command(tmp_path)
    first.url()
    os.kill(keeper_of(tmp_path), signal.SIGTERM)
    wait_until_gone(tmp_path)
    assert "database system is shut down" in (tmp_path / "postgresql.log").read_text()


async def test_two_data_directories_do_not_meet(tmp_path: Path, command: Start) -> None:
    here, there = command(tmp_path / "here"), command(tmp_path / "there")
    urls = here.url(), there.url()
    await answer(urls[0], "create table only_here ()")
    assert await answer(urls[1], "select to_regclass('only_here')") is None
    here.end()
    wait_until_gone(tmp_path / "here")
    assert await answer(urls[1]) == 42
    there.end()
    wait_until_gone(tmp_path / "there")


@pytest.mark.parametrize("name", ["x" * 120, "a,b", "Hồ sơ @ 100%"])
async def test_any_folder_will_do(tmp_path: Path, command: Start, name: str) -> None:
    used = command(tmp_path / name)
    assert await answer(used.url()) == 42
    used.end()
    wait_until_gone(tmp_path / name)


def test_stale_lock_files_are_nobody_s(tmp_path: Path, command: Start) -> None:
    """Also where another process of the same person bears the number of the dead server."""
    command(tmp_path).end()
    wait_until_gone(tmp_path)
    cluster = tmp_path / "postgresql"
    person = choose_person(tmp_path, cluster)
    with subprocess.Popen(["sleep", "60"], **person.process()) as other:
        stale = f"{other.pid}\n/elsewhere\n0\n5432\n.\n\n0 0\nready\n"
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock", ".s.PGSQL.5432"):
            (cluster / name).write_text(stale)
            os.chown(cluster / name, person.uid, person.gid)
        again = command(tmp_path)
        again.url()
        again.end()
        wait_until_gone(tmp_path)
        other.kill()


def test_commands_one_after_the_other_share_a_server(tmp_path: Path) -> None:
    servers = set()
    for _ in range(5):
        with share_server(tmp_path, None):
            servers.add(server_processes(tmp_path)[0])
        time.sleep(0.25)  # more than one look of the keeper's
    assert len(servers) == 1
    wait_until_gone(tmp_path)
