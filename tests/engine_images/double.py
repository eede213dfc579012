"""The double, tried from inside its own container: see main.rs."""

import http.client
import json
import os
import socket
import socketserver
import subprocess
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

LIMIT = 10
BEHIND = 9000
PROXY = 9001


def admin(method, path, body=None, token="secret"):
    there = http.client.HTTPConnection("127.0.0.1", 8081, timeout=LIMIT)
    headers = {"Authorization": f"Bearer {token}"}
    there.request(method, path, None if body is None else json.dumps(body), headers)
    answer = there.getresponse()
    text = answer.read()
    there.close()
    return answer.status, json.loads(text) if text else None


def call(path, method="GET", body=None, there=None, headers=None):
    there = there or http.client.HTTPConnection("127.0.0.1", 8080, timeout=LIMIT)
    there.request(method, path, body, headers or {})
    answer = there.getresponse()
    return answer.status, answer.read().decode()


def until(is_so):
    end = time.monotonic() + LIMIT
    while not is_so():
        assert time.monotonic() < end, "never"
        time.sleep(0.005)


def state():
    return admin("GET", "/state")[1]


def rules(*them):
    status, told = admin("PUT", "/rules", list(them))
    assert status == 200, told


class Echo(socketserver.BaseRequestHandler):
    """The server behind the proxy: says back what it is told, and BIG for `big`."""

    def handle(self):
        while data := self.request.recv(1 << 16):
            if data == b"big":
                self.request.sendall(b"x" * (32 << 20))
            elif data == b"split":
                # Two chunks, surely: the second is sent when the first has arrived.
                self.request.sendall(b"the nee")
                self.request.recv(1)
                self.request.sendall(b"dle, after")
            else:
                self.request.sendall(data)
        self.request.sendall(b"bye")


def setUpModule():
    global DOUBLE
    behind = socketserver.ThreadingTCPServer(("127.0.0.1", BEHIND), Echo)
    behind.daemon_threads = True
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    began = time.monotonic()
    proxy = f"{PROXY}:127.0.0.1:{BEHIND}"
    DOUBLE = subprocess.Popen(["labgrade-double"], env={**os.environ, "LABGRADE_PROXY": proxy})

    def healthy():
        try:
            return admin("GET", "/health")[0] == 200
        except OSError:
            return False

    until(healthy)
    print(f"healthy after {time.monotonic() - began:.3f} s")


def tearDownModule():
    DOUBLE.terminate()
    DOUBLE.wait(LIMIT)


class Case(unittest.TestCase):
    def setUp(self):
        rules()
        until(lambda: admin("POST", "/release", {})[0] == 200 and state()["in_flight"] == 0)
        admin("DELETE", "/calls")


class Http(Case):
    def test_without_the_token_there_is_nothing(self):
        for token in ("", "wrong", "secrets", "secre"):
            self.assertEqual(admin("GET", "/health", token=token), (404, None))
        self.assertEqual(admin("GET", "/nothing"), (404, None))

    def test_the_first_rule_that_matches_answers(self):
        rules(
            {"path": "/quote/(\\d+)", "times": 1, "status": 503},
            {"path": "/quote/(\\d+)", "body": {"id": "q-$1", "price": 2.5}},
            {"path": "/render/(.+)", "method": "POST", "body": '{"result": "$1-$2"}', "status": 201},
            {"path": "/text", "body": "plain", "headers": {"Content-Type": "text/plain"}},
        )
        self.assertEqual(call("/quote/7")[0], 503)
        self.assertEqual(call("/quote/7"), (200, '{"id": "q-7", "price": 2.5}'))
        self.assertEqual(call("/quote/7/more")[0], 404)
        self.assertEqual(call("/render/a?b=c", "POST", "{}"), (201, '{"result": "a-"}'))
        self.assertEqual(call("/render/a")[0], 404)
        self.assertEqual(call("/text"), (200, "plain"))

    def test_hundreds_of_rules_are_fine(self):
        rules(*({"path": f"/quote/{n}", "body": str(n)} for n in range(500)))
        self.assertEqual(call("/quote/499"), (200, "499"))

    def test_a_wrong_rule_is_refused_and_changes_nothing(self):
        rules({"path": "/a"})
        for wrong in (
            {"path": "("}, {}, {"path": 1}, {"path": "/", "act": "sleep"}, {"path": "/", "statsu": 1},
            {"path": "/", "status": 99}, {"path": "/", "times": True}, "rule",
        ):
            status, told = admin("PUT", "/rules", [wrong])
            self.assertEqual(status, 422, wrong)
            self.assertIn("rule 0", told["detail"])
        self.assertEqual(admin("PUT", "/rules", {"path": "/"})[0], 422)
        self.assertEqual(call("/a")[0], 200)

    def test_calls_are_remembered(self):
        rules({"path": "/a", "act": "close"})
        with self.assertRaises((http.client.RemoteDisconnected, ConnectionResetError)):
            call("/a")
        call("/b?x=1", "POST", "{\"k\": 1}", headers={"Idempotency-Key": "k1"})
        status, calls = admin("GET", "/calls")
        self.assertEqual(status, 200)
        a, b = calls
        self.assertEqual((a["path"], a["state"]), ("/a", "closed"))
        self.assertEqual((b["method"], b["path"], b["query"]), ("POST", "/b", "x=1"))
        self.assertEqual((b["body"], b["state"], b["n"]), ('{"k": 1}', "answered", a["n"] + 1))
        self.assertEqual(b["headers"]["idempotency-key"], "k1")
        self.assertLessEqual(a["at_ms"], b["at_ms"])
        self.assertEqual([c["n"] for c in admin("GET", f"/calls?from={b['n']}")[1]], [b["n"]])
        self.assertEqual((state()["received"], state()["closed"]), (2, 1))
        admin("DELETE", "/calls")
        self.assertEqual(admin("GET", "/calls")[1], [])
        self.assertEqual(set(state().values()), {0})

    def test_a_latch_holds_64_and_lets_them_go(self):
        rules({"path": "/l", "act": "latch", "body": "late"})
        with ThreadPoolExecutor(64) as pool:
            called = [pool.submit(call, "/l") for _ in range(64)]
            until(lambda: state()["waiting"] == 64)
            self.assertEqual(admin("POST", "/release", {}), (200, {"released": 64}))
            self.assertEqual({each.result() for each in called}, {(200, "late")})
        self.assertEqual(state()["most_waiting"], 64)
        self.assertEqual((state()["answered"], state()["in_flight"]), (64, 0))

    def test_a_latch_may_be_kept_open_and_hanging_calls_still_hang(self):
        rules({"path": "/l", "act": "latch"}, {"path": "/h", "act": "hang", "body": "now"})
        admin("POST", "/release", {"keep": True})
        self.assertEqual(call("/l")[0], 200)
        with ThreadPoolExecutor(1) as pool:
            called = pool.submit(call, "/h")
            until(lambda: state()["waiting"] == 1)
            admin("POST", "/release", {"keep": True})
            self.assertEqual(called.result(), (200, "now"))
        self.assertEqual(admin("POST", "/release", {"kep": True})[0], 422)

    def test_a_client_that_leaves_is_gone(self):
        rules({"path": "/h", "act": "hang"}, {"path": "/d", "delay_ms": 60_000})
        for path in ("/h", "/d"):
            there = socket.create_connection(("127.0.0.1", 8080))
            there.sendall(f"GET {path} HTTP/1.1\r\nhost: a\r\n\r\n".encode())
            until(lambda: state()["in_flight"] == 1)
            there.close()
            until(lambda: state()["in_flight"] == 0)
        self.assertEqual((state()["gone"], state()["answered"]), (2, 0))
        self.assertEqual(admin("POST", "/release", {}), (200, {"released": 0}))

    def test_an_answer_is_put_off(self):
        rules({"path": "/d", "delay_ms": 100, "body": "late"})
        self.assertEqual(call("/d"), (200, "late"))
        (told,) = admin("GET", "/calls")[1]
        self.assertGreaterEqual(told["ended_ms"] - told["at_ms"], 95)

    def test_requests_sent_ahead_are_answered_in_order(self):
        rules({"path": "/(.)", "body": "[$1]"})
        there = socket.create_connection(("127.0.0.1", 8080), timeout=LIMIT)
        there.sendall(b"".join(b"GET /%d HTTP/1.1\r\n\r\n" % n for n in range(9)))
        heard = b""
        while heard.count(b"[") < 9:
            heard += there.recv(1 << 16)
        self.assertEqual([heard.index(b"[%d]" % n) for n in range(9)],
                         sorted(heard.index(b"[%d]" % n) for n in range(9)))
        there.close()

    def test_what_is_no_request_is_refused_and_is_no_call(self):
        for sent, status in (
            (b"nonsense\r\n\r\n", b"400"),
            (b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 20_000 + b"\r\n", b"431"),
            (b"POST / HTTP/1.1\r\ncontent-length: 2000000\r\n\r\n" + b"x" * 2_000_000, b"413"),
        ):
            there = socket.create_connection(("127.0.0.1", 8080), timeout=LIMIT)
            try:
                there.sendall(sent)
                heard = there.recv(1 << 16)
                self.assertIn(status, heard.split(b"\r\n")[0])
            except ConnectionError:
                pass  # refused before all of it was sent
            there.close()
        self.assertEqual(state()["received"], 0)

    def test_it_is_quick(self):
        rules(*({"path": f"/quote/{n}", "body": str(n)} for n in range(100)))
        there = http.client.HTTPConnection("127.0.0.1", 8080, timeout=LIMIT)
        began = time.monotonic()
        for _ in range(1_000):
            self.assertEqual(call("/quote/50", there=there), (200, "50"))
        print(f"{1_000 / (time.monotonic() - began):.0f} calls a second, one after another")


def connect():
    there = socket.create_connection(("127.0.0.1", PROXY), timeout=LIMIT)
    return there


def ask(there, words):
    there.sendall(words)
    heard = b""
    while len(heard) < len(words):
        heard += there.recv(1 << 16)
    return heard


class Hold(Case):
    def tearDown(self):
        admin("POST", "/hold/release")

    def test_one_answer_is_held_and_others_go_on(self):
        first, second = connect(), connect()
        self.assertEqual(ask(first, b"old"), b"old")
        status, told = admin("PUT", "/hold", {"needle": "old"})
        self.assertEqual((status, told["armed"], told["held"]), (200, True, False))
        self.assertEqual(ask(second, b"new"), b"new")
        first.sendall(b"an old value")
        until(lambda: admin("GET", "/hold")[1]["held"])
        self.assertEqual(ask(second, b"another old value"), b"another old value")
        first.settimeout(0.2)
        with self.assertRaises(TimeoutError):
            first.recv(1)
        first.sendall(b", and more")
        self.assertEqual(admin("PUT", "/hold", {"needle": "x"})[0], 422)
        self.assertEqual(admin("POST", "/hold/release"), (200, {"released": True}))
        first.settimeout(LIMIT)
        heard = b""
        while len(heard) < len(b"an old value, and more"):
            heard += first.recv(1 << 16)
        self.assertEqual(heard, b"an old value, and more")
        self.assertEqual(ask(first, b"old"), b"old")
        self.assertEqual(admin("POST", "/hold/release"), (200, {"released": False}))
        self.assertEqual(admin("GET", "/hold")[1]["connections"], 2)
        first.close()
        second.close()
        until(lambda: admin("GET", "/hold")[1]["connections"] == 0)

    def test_a_text_in_two_chunks_is_seen(self):
        there = connect()
        admin("PUT", "/hold", {"needle": "needle"})
        there.sendall(b"split")
        self.assertEqual(there.recv(1 << 16), b"the nee")
        there.sendall(b".")
        until(lambda: admin("GET", "/hold")[1]["held"])
        admin("POST", "/hold/release")
        self.assertEqual(there.recv(1 << 16), b"dle, after")
        there.close()

    def test_the_end_of_one_side_leaves_the_other(self):
        there = connect()
        self.assertEqual(ask(there, b"word"), b"word")
        there.shutdown(socket.SHUT_WR)
        self.assertEqual(there.recv(1 << 16), b"bye")
        self.assertEqual(there.recv(1), b"")
        there.close()

    def test_a_slow_reader_is_waited_for(self):
        there = connect()
        there.sendall(b"big")
        time.sleep(0.3)
        with open(f"/proc/{DOUBLE.pid}/status", encoding="ascii") as file:
            status = file.read()
        kilobytes = int(status.split("VmRSS:")[1].split()[0])
        self.assertLess(kilobytes, 60_000)
        left = 32 << 20
        while left:
            left -= len(there.recv(1 << 20))
        there.close()

    def test_a_server_that_is_away_closes_the_connection(self):
        # Nobody listens there any more: the same double, another proxy.
        away = subprocess.Popen(
            ["python3", "-c", "import asyncio\n"
             "from labgrade_double.proxy import Proxy\n"
             "async def main():\n"
             "    loop = asyncio.get_running_loop()\n"
             "    await loop.create_server(Proxy('127.0.0.1', 1).accept, '127.0.0.1', 9002)\n"
             "    print(flush=True)\n"
             "    await loop.create_future()\n"
             "asyncio.run(main())"],
            stdout=subprocess.PIPE,
        )
        away.stdout.readline()
        there = socket.create_connection(("127.0.0.1", 9002), timeout=LIMIT)
        with self.assertRaises(ConnectionResetError):
            if there.recv(1) == b"":
                raise ConnectionResetError
        there.close()
        away.kill()
        away.wait()
        away.stdout.close()


unittest.main(verbosity=1, warnings="ignore")
