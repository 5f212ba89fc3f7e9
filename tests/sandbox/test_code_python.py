"""A22 and A23: what Python code nodes may do, what they cannot reach, and what they may cost."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from tests.cost import in_time, stopwatch
from tests.sandbox.asking import Asking, alive, descendants, outcome, until

from weft.engine.errors import NodeError
from weft.platform.sandbox.python import PythonPool


async def call(pool: PythonPool, code: str, inputs: Any = None, timeout_s: float = 3, **more: Any) -> Any:
    limits = {"memory_mb": 64, **more}
    return await pool.call(code, inputs, workspace="w", timeout_s=timeout_s, **limits)


async def failure(pool: PythonPool, code: str, inputs: Any = None, timeout_s: float = 3, **more: Any) -> NodeError:
    with pytest.raises(NodeError) as caught:
        await call(pool, code, inputs, timeout_s, **more)
    return caught.value


VALUES: list[tuple[str, Any, Any]] = [
    ('return inputs["a"] + 1', {"a": 1}, 2),
    ("", None, None),
    ("# nothing", None, None),
    ("x = 1", None, None),
    ("return (1, 2.5, None, True)", None, [1, 2.5, None, True]),
    ("return {1: 2}", None, {"1": 2}),
    ('return """a\n  b\n"""', None, "a\n  b\n"),
    ('x = 2\nreturn f"""{x}\n y"""', None, "2\n y"),
    ("if inputs:\n    return 'tab'\nelse:\n\treturn 'no'", 1, "tab"),
    ("def f(n):\n    return 1 if n < 2 else n * f(n - 1)\nreturn f(20)", None, 2432902008176640000),
    ("async def f():\n    return 4\nreturn await f()", None, 4),
    ("import json\nreturn json.loads('[1]')", None, [1]),
    ("import re\nreturn re.sub('a+', 'b', inputs)", "caaat", "cbt"),
    ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    return str(e)", None, "division by zero"),
    ("return sorted(inputs, key=lambda x: -x)", [1, 3, 2], [3, 2, 1]),
    ("return [x for x in inputs if x]", [0, 1, "", "a"], [1, "a"]),
    ("return inputs", {"b": "😀\0\u2028", "a": [2**63 - 1, -(2**63), 1e300]}, ...),
]  # fmt: skip


@pytest.mark.parametrize(("code", "inputs", "value"), VALUES, ids=[case[0][:30] for case in VALUES])
async def test_value(python: PythonPool, code: str, inputs: Any, value: Any) -> None:
    found = await call(python, code, inputs)
    assert found == (inputs if value is ... else value)
    if value is ...:
        assert list(found) == list(inputs)


ERRORS = [
    ("x = 1\nraise ValueError('bad')", 2, "ValueError"),
    ("\n\nreturn foo", 3, "NameError"),
    ("return inputs['zz']", 1, "KeyError"),
    ("def f():\n    return 1 / 0\n\nf()", 2, "ZeroDivisionError"),
    ("x = 1\ny = = 2", 2, "SyntaxError"),
    ("x = 1\nreturn (", 2, "SyntaxError"),
    ("if inputs:\n", 1, "SyntaxError"),
    ("def", 1, "SyntaxError"),
    ("return 1\n  return 2", 2, "SyntaxError"),
    ("def g():\n  return g()\nreturn g()", 2, "RecursionError"),
    ("return float('nan')", None, "ValueError"),
    ("return [1, {'a': -float('inf')}]", None, "ValueError"),
    ("return {1, 2}", None, "TypeError"),
    ("return lambda: 1", None, "TypeError"),
    ("return b'x'", None, "TypeError"),
    ("a = []\na.append(a)\nreturn a", None, "ValueError"),
    ("raise SystemExit(2)", None, None),
    ("raise KeyboardInterrupt()", 1, "KeyboardInterrupt"),
    ("raise TimeoutError('mine')", 1, "TimeoutError"),
]


@pytest.mark.parametrize(("code", "line", "name"), ERRORS, ids=[case[0][:30] for case in ERRORS])
async def test_error(python: PythonPool, code: str, line: int | None, name: str | None) -> None:
    error = await failure(python, code, {})
    assert error.type == "code"
    assert error.details.keys() == {"line", "column", "name"}
    assert error.details["line"] == line
    assert name is None or error.details["name"] == name
    assert "Traceback" not in error.message
    assert await call(python, "return 1") == 1


async def test_a_number_that_is_too_large_is_told_as_one(python: PythonPool) -> None:
    error = await failure(python, "return 10 ** 400", {})
    assert (error.type, "too large a number" in error.message) == ("code", True)


A22 = [
    "return open('/etc/passwd').read()",
    "return open('/proc/1/environ').read()",
    "return open('/proc/self/environ').read()",
    "from pathlib import Path\nreturn Path('/etc/passwd').read_text()",
    "from pathlib import Path\nreturn [str(p) for p in Path('/').iterdir()]",
    "import os\nreturn dict(os.environ)",
    "import os\nreturn os.getenv('HOME')",
    "import os\nreturn os.listdir('/')",
    "import os\nreturn os.system('id')",
    "import socket\nreturn socket.create_connection(('127.0.0.1', 5432))",
    "import urllib.request\nreturn urllib.request.urlopen('http://127.0.0.1').read()",
    "import subprocess\nreturn subprocess.run(['id'])",
    "import ctypes\nreturn ctypes.CDLL(None).system(b'id')",
    "return len(().__class__.__base__.__subclasses__())",
    "return [].__class__.__mro__[1].__subclasses__()",
    "return (lambda: 0).__globals__",
    "return (lambda: 0).__code__",
    "return print.__self__",
    "import sys\nsys.settrace(print)\nreturn 1",
    "import sys\nreturn sys._getframe()",
    "import sys\nreturn sys.modules['os'].environ",
    "import importlib\nreturn importlib.import_module('os')",
    "return __import__('os').environ",
    "import gc\nreturn len(gc.get_objects())",
    "import pydantic_monty\nreturn 1",
    "import builtins\nreturn builtins.open('/etc/passwd').read()",
    "return globals()['__builtins__']",
    "return '{0.__class__.__base__.__subclasses__}'.format(())",
    "return eval(\"__import__('os').environ\")",
    "exec('import socket')\nreturn 1",
    "return compile('1', 'x', 'eval')",
    "import pickle\nreturn pickle.loads(b'x')",
    "import threading\nreturn threading.active_count()",
    "import multiprocessing\nreturn 1",
    "import signal\nreturn signal.signal(15, signal.SIG_IGN)",
    "import resource\nreturn resource.getrlimit(0)",
]


@pytest.mark.parametrize("code", A22)
async def test_a22_reach(python: PythonPool, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Denied or empty; no marker of the parent's environment is seen; then the positive control."""
    monkeypatch.setenv("HOME_MARKER", "SEKRET-1")
    found = await outcome(call(python, code))
    if isinstance(found, NodeError):
        assert found.type == "code"
    else:
        assert found in (None, {}, [], ""), found
    seen = f"{found!r} {found}"
    assert "SEKRET" not in seen
    assert "root:" not in seen
    assert await call(python, "return inputs * 2", 21) == 42


A23 = [
    ("while True: pass", {"timeout"}),
    ("return 'x' * 10**10", {"memory"}),
    ("return [0] * 10**9", {"memory"}),
    ("x = []\nwhile True: x.append('abc' * 1000)", {"memory"}),
    ("x = {}\nwhile True: x[len(x)] = [len(x)]", {"memory", "timeout"}),
    ("import os\nwhile True: os.fork()", {"code"}),
    ("for i in range(10**6): open(f'/tmp/{i}', 'w').write('x')", {"code"}),
    ("while True: print('x' * 10**6)", {"timeout", "memory"}),
    ("import time\ntime.sleep(3600)", {"timeout"}),
    ("import time\nwhile True: time.sleep(0.01)", {"timeout", "code"}),
    ("import asyncio\nasync def f():\n  await asyncio.sleep(3600)\nasyncio.run(f())", {"timeout"}),
    ("import sys\nsys.exit(3)", {"code"}),
    ("import os\nos.kill(os.getppid(), 9)", {"code"}),
    ("import signal\nsignal.signal(15, signal.SIG_IGN)\nwhile True: pass", {"code"}),
    ("try:\n  while True: pass\nexcept BaseException:\n  return 5", {"timeout"}),
    ("a = 3**300000\nfor i in range(5000): a = a * a % (7**500000)\nreturn 1", {"timeout", "memory"}),
    ("def g(n): return g(n + 1)\nreturn g(0)", {"code"}),
    ("return 9**9**9", {"memory", "timeout"}),
]


@pytest.mark.parametrize(("code", "types"), A23, ids=[case[0][:30] for case in A23])
async def test_a23_limits(python: PythonPool, code: str, types: set[str]) -> None:
    """Over within the limit and 1 s, and the next one works."""
    await call(python, "return 1")
    with stopwatch() as cost:
        error = await failure(python, code, timeout_s=1)
    assert error.type in types, error
    in_time(cost.seconds, 2.5)
    assert await call(python, "return inputs", [1]) == [1]


async def test_a23_a_catastrophic_regex(python: PythonPool) -> None:
    code = "import re\nreturn re.match('(a|a|b)*$', 'a' * 30 + 'c') is None"
    with stopwatch() as cost:
        found = await outcome(call(python, code, timeout_s=1))
    assert found is True or found.type in {"timeout", "code"}
    in_time(cost.seconds, 2.5)


async def test_a23_print_is_capped(python: PythonPool) -> None:
    lines: list[str] = []
    assert await call(python, "print('a\\nb', {'c': 1})\nprint('d')\nreturn 1", log=lines.append) == 1
    assert lines == ["a", "b {'c': 1}", "d"]
    lines.clear()
    assert await call(python, "for i in range(5000): print('x' * 99)\nreturn 1", log=lines.append) == 1
    assert 60_000 < sum(map(len, lines)) <= 65_536


async def test_a23_many_lines_are_few_records(python: PythonPool, js: Asking) -> None:
    """Each record is written on the event loop: what prints a line break 65,536 times would hold it for seconds."""
    records: list[str] = []
    assert await call(python, "print('a')\nprint('\\n' * 70000)\nreturn 1", log=records.append) == 1
    assert records[0] == "a"
    assert len(records) == 100
    assert 65_000 < sum(map(len, records)) <= 65_536
    records.clear()
    await js.call("for (let i = 0; i < 70000; i++) console.log(''); return 1", log=records.append)
    assert len(records) == 100
    assert 65_000 < sum(map(len, records)) <= 65_536


async def test_memory_is_what_is_asked_for(python: PythonPool) -> None:
    code = "return len([str(i) * 100 for i in range(50000)])"
    assert (await failure(python, code, memory_mb=8)).type == "memory"
    assert await call(python, code, memory_mb=256) == 50000
    assert (await failure(python, "return 1", "x" * 3_000_000, memory_mb=2)).type == "memory"


async def test_no_orphans(python: PythonPool) -> None:
    """The census: a killed child takes its worker along, and after close there is nobody."""
    before = descendants(os.getpid())
    await call(python, "return 1")
    running = [
        asyncio.ensure_future(call(python, "a = 3**300000\nwhile True: a = a * a % (7**500000)", timeout_s=60))
        for _ in range(3)
    ]
    await until(lambda: len(descendants(os.getpid()) - before) >= 6, 10)
    await asyncio.sleep(0.3)
    ours = descendants(os.getpid()) - before
    first = running[0]
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await until(lambda: sum(map(alive, ours)) <= len(ours) - 2)
    ours |= descendants(os.getpid()) - before
    await python.close()
    await asyncio.gather(*running, return_exceptions=True)
    await until(lambda: not any(map(alive, ours)))


async def test_children_see_no_environment(python: PythonPool) -> None:
    before = descendants(os.getpid())
    await call(python, "return 1")
    await python.start()
    ours = descendants(os.getpid()) - before
    assert len(ours) == 2 * len(python.pids)
    for pid in ours:
        assert b"PATH=" not in Path(f"/proc/{pid}/environ").read_bytes()
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert [line.split()[3] for line in limits.splitlines() if line.startswith("Max open files")] == ["0"]
        assert all("weft" not in os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir())
