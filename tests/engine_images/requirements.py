"""labgrade-python, tried from inside of its own container: see main.rs."""

import importlib.machinery
import importlib.util
import os
import shutil
import subprocess
import time
import unittest

loader = importlib.machinery.SourceFileLoader("entry", "/usr/local/bin/labgrade-python")
entry = importlib.util.module_from_spec(importlib.util.spec_from_loader("entry", loader))
loader.exec_module(entry)


def install(requirements, **others):
    """Installs what a project asks for; gives the seconds that it took."""
    for folder in (entry.PROJECT, entry.OURS, entry.VENV):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in (entry.PROJECT, entry.OURS):
        os.makedirs(folder)
    files = {"requirements": requirements, **others}
    for name, content in files.items():
        if content is not None:
            content = content if isinstance(content, bytes) else content.encode()
            with open(f"{entry.PROJECT}/{name}.txt", "wb") as file:
                file.write(content)
    began = time.monotonic()
    entry.install()
    return time.monotonic() - began


def imports(*modules):
    code = "import " + ", ".join(modules)
    done = subprocess.run([f"{entry.VENV}/bin/python", "-c", code], stderr=subprocess.PIPE)
    return done.returncode == 0


# What a file says, and what must be in the refusal; {} stands for the version that there is.
REFUSED = [
    ("fastapi\n\n# no\nnosuch>=1  # yes\n", ["requirements.txt:4", "nosuch"]),
    ("httpx\nfastapi==0.0.1\n", ["requirements.txt:2", "fastapi==0.0.1", "the course has fastapi"]),
    ("fastapi>=9999\n", ["fastapi>=9999"]),
    ("starlette<0.1\nfastapi\n", ["starlette"]),
    ("uvicorn==0.1\n", ["requirements.txt:1", "uvicorn==0.1"]),
    ("fastapi==\n", ["fastapi=="]),
    ("fast api\n", ["requirements.txt:1", "fast api"]),
    ("git+https://example.org/x.git\n", ["requirements.txt:1", "git+https"]),
    ("x @ https://example.org/x.whl\n", ["requirements.txt:1", "x @ https"]),
    ("fastapi @ file:///wheels/fastapi.whl\n", ["requirements.txt:1"]),
    ("./x.whl\n", ["requirements.txt:1"]),
    ("/wheels/x.whl\n", ["requirements.txt:1"]),
    ("-e .\n", ["requirements.txt:1", "-e ."]),
    ("--index-url https://example.org\n", ["requirements.txt:1", "--index-url"]),
    ("--find-links /\n", ["requirements.txt:1"]),
    ("-r other.txt\n", ["other.txt:2", "nosuch"]),
    ("-r ../../../etc/passwd\n", ["requirements.txt:1"]),
    ("-r none.txt\n", ["requirements.txt:1", "none.txt"]),
    ("-r requirements.txt\n", ["without end"]),
    ("fastapi \\", ["requirements.txt:1", "backslash"]),
    (b"\xff\xf0", ["UTF-8"]),
    (b"\xff\xfea", ["UTF-8"]),
    (b"#" * (1 << 20) + b"!", ["1 MiB"]),
]

INSTALLED = [
    (None, ["uvicorn", "httptools", "uvloop"]),
    ("", ["uvicorn"]),
    ("fastapi\nasyncpg\nSQLAlchemy[asyncio]\n", ["fastapi", "asyncpg", "sqlalchemy", "greenlet"]),
    ("-r more.txt\nhttpx ; python_version >= '3.8'\n", ["redis", "hiredis", "httpx"]),
    ("pywin32==1; sys_platform == 'win32'\ncelery[redis]>=5,<9\n", ["celery", "redis"]),
    ("httpx \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n", ["httpx"]),
    ("\ufefffastapi\r\n".encode(), ["fastapi"]),
    ("\ufefffastapi\r\n".encode("utf-16-le"), ["fastapi"]),
]


class Requirements(unittest.TestCase):
    def test_what_cannot_be_installed_is_named(self):
        for requirements, words in REFUSED:
            with self.subTest(requirements=requirements[:40]):
                with self.assertRaises(entry.Refused) as refused:
                    install(requirements, other="\nnosuch\n")
                for word in words:
                    self.assertIn(word, str(refused.exception))

    def test_what_is_asked_for_is_there_and_nothing_else(self):
        for requirements, modules in INSTALLED:
            with self.subTest(requirements=requirements and requirements[:40]):
                install(requirements, more="redis[hiredis]\n")
                self.assertTrue(imports(*modules))
        self.assertFalse(imports("celery"))

    def test_it_is_quick_and_nothing_is_compiled(self):
        took = install("fastapi\nasyncpg\nsqlalchemy[asyncio]\nredis[hiredis]\nhttpx\n")
        print(f"installed in {took:.3f} s")
        for _ in range(3):
            began = time.monotonic()
            self.assertTrue(imports("fastapi", "asyncpg", "sqlalchemy", "redis", "httpx"))
            print(f"imported in {time.monotonic() - began:.3f} s")
        found = subprocess.run(
            ["find", entry.VENV, "-name", "*.pyc", "-type", "f"], capture_output=True, check=True
        )
        self.assertEqual(found.stdout, b"")

    def test_without_the_wheels_it_is_no_fault_of_the_file(self):
        wheels, entry.WHEELS = entry.WHEELS, "/var/empty"
        entry.versions, versions = lambda: {"fastapi": "1"}, entry.versions
        try:
            with self.assertRaises(SystemExit) as left:
                install("fastapi\n")
        finally:
            entry.WHEELS, entry.versions = wheels, versions
        self.assertEqual(left.exception.code, entry.BROKEN)


unittest.main(verbosity=1, warnings="ignore")
