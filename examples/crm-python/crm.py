#!/usr/bin/env python3
"""A small CRM behind the Koshelek adapter: Python's standard library and SQLite.

    CRM_SECRET=whsec_... python3 crm.py [PORT] [DATABASE]

The contract is schema/crmapi/openapi.yaml. Replace the SQL by that of your CRM; keep the
signature, one transaction a call, and the table of keys. CRM_SECRET may hold two secrets
with a blank between them while one is changed."""
import base64
import contextlib
import datetime
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRETS = [base64.b64decode(s.removeprefix("whsec_")) for s in os.environ["CRM_SECRET"].split()]
WRITING = threading.Lock()  # threads wait here rather than at SQLite's door
DATABASE = sys.argv[2] if len(sys.argv) > 2 else "crm.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS customers (
    id INTEGER PRIMARY KEY AUTOINCREMENT, phone TEXT UNIQUE, email TEXT UNIQUE, surname TEXT, firstName TEXT, patronymic TEXT,
    sex TEXT, birthDate TEXT, countryCode TEXT, locality TEXT);
CREATE TABLE IF NOT EXISTS cards (
    number TEXT PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers (id), state TEXT NOT NULL DEFAULT 'active',
    points INTEGER NOT NULL DEFAULT 0 CHECK (points >= 0), issued TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS purchases (
    id INTEGER PRIMARY KEY, card TEXT NOT NULL, day TEXT NOT NULL, item TEXT NOT NULL, kopecks INTEGER NOT NULL, place TEXT, points INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS purchases_by_day ON purchases (card, day, id);
CREATE TABLE IF NOT EXISTS keys ( -- what was answered to each write, for seven days or longer
    name TEXT PRIMARY KEY, body TEXT NOT NULL, answer TEXT NOT NULL, made INTEGER NOT NULL);
"""
FIELDS = ["phone", "email", "surname", "firstName", "patronymic", "sex", "birthDate", "countryCode", "locality"]
KEYED = ["enroll", "update", "points"]
CARDS = "SELECT c.*, k.number, k.state, k.points, k.issued FROM cards k JOIN customers c ON c.id = k.customer"


class Refused(Exception):  # nothing is done
    def __init__(self, status, code, description=""):
        super().__init__(code)
        self.status, self.code, self.description = status, code, description


def signed(head, body):
    """Whether one of our secrets has signed the body within five minutes."""
    good = False
    try:
        fresh = abs(time.time() - int(head["webhook-timestamp"])) <= 300
        text = b".".join([head["webhook-id"].encode(), head["webhook-timestamp"].encode(), body])
        given = [s.encode() for s in head["webhook-signature"].split()]
    except (AttributeError, TypeError, ValueError):
        return False
    for secret in SECRETS:
        want = b"v1," + base64.b64encode(hmac.new(secret, text, hashlib.sha256).digest())
        for signature in given:
            good |= hmac.compare_digest(want, signature)
    return fresh and good


def member(row):
    return {"id": str(row["id"]), "card": row["number"], "state": row["state"], "issuedAt": row["issued"],
            "profile": {f: row[f] for f in FIELDS if row[f]}}


def card(db, ref, use=False):
    row = db.execute(CARDS + " WHERE k.number = ?", [ref.get("card", "")]).fetchone()
    if row is None or ref.get("id", str(row["id"])) != str(row["id"]):
        raise Refused(404, "card_not_found")
    if use and row["state"] == "blocked":
        raise Refused(422, "card_blocked")
    return row


def taken(db, profile, own=None):
    """Refuse a phone or an e-mail of another customer."""
    for field in ("phone", "email"):
        row = db.execute(f"SELECT id FROM customers WHERE {field} = ?", [profile.get(field)]).fetchone()
        if row and row["id"] != own:
            raise Refused(409, field + "_taken")


def store(db, customer, profile):
    for field in FIELDS:
        if profile.get(field):
            db.execute(f"UPDATE customers SET {field} = ? WHERE id = ?", [profile[field], customer])


def one(db, body):
    return {"member": member(card(db, body))}


def enroll(db, body):
    profile, number = body["profile"], body["number"]
    if not profile.get("phone") and not profile.get("email"):
        raise Refused(422, "invalid_profile", "neither phone nor e-mail")
    field = "phone" if profile.get("phone") else "email"
    customer = db.execute(f"SELECT id FROM customers WHERE {field} = ?", [profile[field]]).fetchone()
    holder = db.execute("SELECT customer FROM cards WHERE number = ?", [number]).fetchone()
    if holder and (not customer or holder["customer"] != customer["id"]):
        raise Refused(409, "number_taken")
    taken(db, profile, customer and customer["id"])
    owner = customer["id"] if customer else db.execute("INSERT INTO customers (phone) VALUES (NULL)").lastrowid
    store(db, owner, profile)
    if not holder:
        db.execute("INSERT INTO cards (number, customer, issued) VALUES (?, ?, ?)",
                   [number, owner, datetime.datetime.now().astimezone().isoformat(timespec="seconds")])
    return one(db, {"card": number})


def update(db, body):
    row = card(db, body, use=True)
    taken(db, body["profile"], row["id"])
    store(db, row["id"], body["profile"])
    return {}


def balance(db, body):
    row = card(db, body, use=True)
    return {"card": row["number"], "total": row["points"], "available": row["points"]}


def purchases(db, body):
    number, limit = card(db, body)["number"], min(int(body["limit"]), 500)
    day, _, last = body.get("after", "9999-12-31/0").partition("/")  # the newest first
    rows = db.execute("SELECT * FROM purchases WHERE card = ? AND day BETWEEN ? AND ? AND (day, id) < (?, ?) ORDER BY day DESC, id DESC LIMIT ?",
                      [number, body["from"], body["to"], day, int(last), limit]).fetchall()
    lines = [{"ref": str(r["id"]), **{f: r[f] for f in ("day", "item", "kopecks", "points")}, "place": r["place"] or ""} for r in rows]
    return {"lines": lines, "next": f"{rows[-1]['day']}/{rows[-1]['id']}" if len(rows) == limit else ""}


def points(db, body):
    row, change = card(db, body, use=True), int(body["points"])
    if row["points"] + change < 0:
        raise Refused(422, "insufficient_points")
    db.execute("UPDATE cards SET points = points + ? WHERE number = ?", [change, row["number"]])
    return {"points": change}


def members(db, body):
    limit = min(int(body["limit"]), 500)
    customer, _, number = body.get("after", "0/").partition("/")  # a customer's cards stand together
    rows = db.execute(CARDS + " WHERE (c.id, k.number) > (?, ?) ORDER BY c.id, k.number LIMIT ?", [int(customer), number, limit + 1]).fetchall()
    return {"members": [member(r) for r in rows[:limit]], "next": f"{rows[limit - 1]['id']}/{rows[limit - 1]['number']}" if len(rows) > limit else ""}


def erase(db, body):
    row = db.execute(CARDS + " WHERE k.number = ?", [body.get("card", "")]).fetchone()
    if row is not None:  # answers hold names and phones, too
        for kept in db.execute("SELECT number FROM cards WHERE customer = ?", [row["id"]]).fetchall():
            db.execute("UPDATE keys SET answer = '{}' WHERE body LIKE ?", ['% "' + kept["number"] + '"'])
            db.execute("DELETE FROM purchases WHERE card = ?", [kept["number"]])
        db.execute("DELETE FROM cards WHERE customer = ?", [row["id"]])
        db.execute("DELETE FROM customers WHERE id = ?", [row["id"]])
    return {}


CALLS = {
    "ping": lambda db, body: {"version": 1, "name": "Python CRM", "offers": ["balance", "purchases", "members", "points", "lookup", "erase"],
                              "writes": {w: "keyed" for w in KEYED}, "now": datetime.datetime.now().astimezone().isoformat()},
    "find": lambda db, body: {"members": [member(r) for r in db.execute(
        CARDS + " WHERE c.phone = ? OR c.email = ? ORDER BY k.number LIMIT 10", [body.get("phone"), body.get("email")])]},
    "lookup": lambda db, body: next(({"done": True, "points": json.loads(r["answer"]).get("points", 0)} for r in db.execute(
        "SELECT answer FROM keys WHERE name = ?", [body["key"]])), {"done": False}),
    "member": one, "enroll": enroll, "update": update, "balance": balance, "purchases": purchases, "points": points, "members": members, "erase": erase}


def once(db, name, key, text, body):
    """A write and its key, in one transaction; a repetition has the first answer."""
    if not key or len(key) > 128:
        raise Refused(422, "invalid_profile", "Idempotency-Key")
    digest = hashlib.sha256(name.encode() + b"\n" + text).hexdigest()
    row = db.execute("SELECT body, answer FROM keys WHERE name = ?", [key]).fetchone()
    if row is not None:
        if row["body"].split(" ")[0] != digest:
            raise Refused(422, "operation_conflict")
        answer = json.loads(row["answer"])
        return {**answer, "repeated": True} if name == "points" else answer
    answer = CALLS[name](db, body)
    card_number = body.get("card") or body.get("number")
    db.execute("INSERT INTO keys VALUES (?, ?, ?, ?)", [key, f'{digest} "{card_number}"', json.dumps(answer), int(time.time())])
    return answer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        text = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 1 << 20))
        try:
            status, body = 200, self.serve(text)
        except Refused as refused:
            status, body = refused.status, {"code": refused.code, "description": refused.description}
        except sqlite3.OperationalError as error:  # the database is busy: nothing was done
            status, body = 503, {"code": "busy", "description": str(error)}
        except Exception as error:  # the transaction is rolled back, but the adapter cannot know
            self.log_error("%r", error)
            status, body = 500, {"code": "internal"}
        with contextlib.suppress(ConnectionError):  # who went away will ask again
            self.answer(status, body)

    def serve(self, text):
        if not signed(self.headers, text):
            raise Refused(401, "unauthorized")
        name = self.path.rpartition("/v1/")[2]
        try:
            body = json.loads(text)
        except ValueError:
            body = None
        if name not in CALLS or not isinstance(body, dict):
            raise Refused(400, "malformed")
        with WRITING if name in KEYED or name == "erase" else contextlib.nullcontext():
            return self.transaction(name, text, body)

    def transaction(self, name, text, body):
        db = sqlite3.connect(DATABASE, timeout=5, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA synchronous = FULL")
            # IMMEDIATE takes the lock before the first look: two calls never both see "nobody".
            db.execute("BEGIN IMMEDIATE" if name in KEYED or name == "erase" else "BEGIN")
            answer = once(db, name, self.headers.get("Idempotency-Key"), text, body) if name in KEYED else CALLS[name](db, body)
            db.execute("COMMIT")
            return answer
        finally:
            db.close()

    def answer(self, status, body):
        text = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_request(self, *args):
        """Not logged: a call comes with every look at a card."""


if __name__ == "__main__":
    with sqlite3.connect(DATABASE) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(SCHEMA)
    ThreadingHTTPServer.request_queue_size = 128
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8090), Handler).serve_forever()
