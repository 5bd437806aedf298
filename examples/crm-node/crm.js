#!/usr/bin/env node
// A small CRM behind the Koshelek adapter: Node's standard library and a journal in a file.
//
//     CRM_SECRET=whsec_... node crm.js [PORT] [JOURNAL]
//
// The contract is schema/crmapi/openapi.yaml. Replace the maps and the journal by your database; keep
// the signature, one transaction a call, and the table of keys. CRM_SECRET may hold two secrets with
// a blank between them while one is changed.
'use strict';
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');

const secrets = process.env.CRM_SECRET.split(' ').map((s) => Buffer.from(s.replace(/^whsec_/, ''), 'base64'));
const port = Number(process.argv[2] || 8090);
const journalName = process.argv[3] || 'crm.journal';
const fields = ['phone', 'email', 'surname', 'firstName', 'patronymic', 'sex', 'birthDate', 'countryCode', 'locality'];
const keyed = ['enroll', 'update', 'points'];

// Refused is a refusal: nothing is done.
class Refused extends Error {
  constructor(status, code, description = '') {
    super(code);
    Object.assign(this, { status, code, description });
  }
}

// What is stored. Each line of the journal is one write: its key, its answer and its changes, together.
const customers = new Map(); // by id
const cards = new Map(); // by number
const purchases = new Map(); // lists by number, the newest first: {ref, day, item, kopecks, place, points}
const keys = new Map(); // what was answered to each write, for seven days or longer
let lastCustomer = 0;

function apply(line) {
  for (const c of line.customers || []) {
    lastCustomer = Math.max(lastCustomer, Number(c.id));
    customers.set(c.id, c);
  }
  for (const c of line.cards || []) cards.set(c.number, c);
  for (const p of line.purchases || []) purchases.set(p.card, [p, ...(purchases.get(p.card) || [])]); // your tills write these
  if (line.key) keys.set(line.key, { digest: line.digest, answer: line.answer, card: line.card });
  if (line.erased) {
    customers.delete(line.erased);
    for (const [number, c] of cards) {
      if (c.customer !== line.erased) continue;
      cards.delete(number);
      purchases.delete(number);
      // Answers hold names and phones, too. The lines of the journal stay: a database of yours has none.
      for (const k of keys.values()) if (k.card === number) k.answer = {};
    }
  }
}

function openJournal() {
  const text = fs.existsSync(journalName) ? fs.readFileSync(journalName) : Buffer.alloc(0);
  const end = text.lastIndexOf('\n') + 1; // what stands behind was torn by a crash, and never answered
  for (const line of text.subarray(0, end).toString('utf8').split('\n')) if (line) apply(JSON.parse(line));
  const file = fs.openSync(journalName, 'a+', 0o600);
  fs.ftruncateSync(file, end);
  return file;
}

let journal; // opened before the server listens

// commit makes a write last before anybody hears of it.
function commit(line) {
  try {
    fs.writeSync(journal, JSON.stringify(line) + '\n');
    fs.fsyncSync(journal);
  } catch (error) {
    console.error('the journal cannot be written:', error);
    process.exit(1); // nobody knows what of it is stored; the next start reads it
  }
  apply(line);
}

// signed tells whether one of our secrets has signed the body within five minutes.
function signed(head, body) {
  const [id, moment, given] = [head['webhook-id'], head['webhook-timestamp'], head['webhook-signature']];
  if (!id || !given || !/^\d{1,12}$/.test(moment || '')) return false;
  let good = false;
  for (const secret of secrets) {
    const want = Buffer.from('v1,' + crypto.createHmac('sha256', secret).update(`${id}.${moment}.`).update(body).digest('base64'));
    for (const signature of given.split(' ').map((s) => Buffer.from(s))) {
      if (signature.length === want.length && crypto.timingSafeEqual(signature, want)) good = true;
    }
  }
  return good && Math.abs(Date.now() / 1000 - Number(moment)) <= 300;
}

function member(card) {
  const profile = {};
  const customer = customers.get(card.customer);
  for (const field of fields) if (customer[field]) profile[field] = customer[field];
  return { id: customer.id, card: card.number, state: card.state, issuedAt: card.issued, profile };
}

function cardOf(ref) {
  const card = cards.get(ref.card);
  if (!card || (ref.id && ref.id !== card.customer)) throw new Refused(404, 'card_not_found');
  return card;
}

function usable(card) {
  if (card.state === 'blocked') throw new Refused(422, 'card_blocked');
  return card;
}

const holder = (field, value) => value && [...customers.values()].find((c) => c[field] === value);

// changed gives a customer with the fields of a profile; another's phone or e-mail is refused.
function changed(customer, profile) {
  for (const field of ['phone', 'email']) {
    const other = holder(field, profile[field]);
    if (other && other.id !== customer.id) throw new Refused(409, `${field}_taken`);
  }
  const out = { ...customer };
  for (const field of fields) if (profile[field]) out[field] = profile[field];
  return out;
}

// reads answer from what is stored.
const reads = {
  ping: () => ({
    version: 1, name: 'Node CRM', offers: ['balance', 'purchases', 'members', 'points', 'lookup', 'erase'],
    writes: Object.fromEntries(keyed.map((w) => [w, 'keyed'])), now: new Date().toISOString(),
  }),
  find: (body) => {
    const found = [...cards.values()].filter((card) => {
      const c = customers.get(card.customer);
      return (body.phone && c.phone === body.phone) || (body.email && c.email === body.email);
    });
    return { members: found.slice(0, 10).map(member) };
  },
  member: (body) => ({ member: member(cardOf(body)) }),
  balance: (body) => {
    const card = usable(cardOf(body));
    return { card: card.number, total: card.points, available: card.points };
  },
  purchases: (body) => {
    const limit = Math.min(body.limit, 500);
    const all = (purchases.get(cardOf(body).number) || []).filter((p) => p.day >= body.from && p.day <= body.to);
    const from = body.after ? all.findIndex((p) => p.ref === body.after) + 1 : 0;
    const lines = all.slice(from, from + limit);
    return { lines, next: all.length > from + limit ? lines[limit - 1].ref : '' };
  },
  members: (body) => {
    const limit = Math.min(body.limit, 500);
    const place = (c) => `${c.customer.padStart(12, '0')}/${c.number}`; // a customer's cards stand together
    const found = [...cards.values()].filter((c) => place(c) > (body.after || '')).sort((a, b) => (place(a) < place(b) ? -1 : 1));
    return { members: found.slice(0, limit).map(member), next: found.length > limit ? place(found[limit - 1]) : '' };
  },
  lookup: (body) => {
    const kept = keys.get(body.key);
    return kept ? { done: true, points: kept.answer.points || 0 } : { done: false };
  },
};

// writes give the line of the journal that is to be stored; they change nothing themselves.
const writes = {
  enroll: ({ number, profile }) => {
    if (!profile.phone && !profile.email) throw new Refused(422, 'invalid_profile', 'neither phone nor e-mail');
    const field = profile.phone ? 'phone' : 'email';
    const known = holder(field, profile[field]);
    const before = cards.get(number);
    if (before && (!known || before.customer !== known.id)) throw new Refused(409, 'number_taken');
    const customer = changed(known || { id: String(lastCustomer + 1) }, profile);
    const card = before || { number, customer: customer.id, state: 'active', points: 0, issued: new Date().toISOString() };
    const given = {};
    for (const f of fields) if (customer[f]) given[f] = customer[f];
    const answer = { member: { id: customer.id, card: number, state: card.state, issuedAt: card.issued, profile: given } };
    return { customers: [customer], cards: [card], card: number, answer };
  },
  update: (body) => {
    const card = usable(cardOf(body));
    return { customers: [changed(customers.get(card.customer), body.profile)], card: card.number, answer: {} };
  },
  points: (body) => {
    const card = usable(cardOf(body));
    if (!Number.isSafeInteger(body.points)) throw new Refused(422, 'invalid_amount');
    if (card.points + body.points < 0) throw new Refused(422, 'insufficient_points');
    return { cards: [{ ...card, points: card.points + body.points }], card: card.number, answer: { points: body.points } };
  },
};

// once does a write and keeps its key. Nothing else runs in between: it never waits.
function once(name, key, text, body) {
  if (!key || key.length > 128) throw new Refused(422, 'invalid_profile', 'Idempotency-Key');
  const digest = crypto.createHash('sha256').update(name + '\n').update(text).digest('hex');
  const before = keys.get(key);
  if (before) {
    if (before.digest !== digest) throw new Refused(422, 'operation_conflict');
    return name === 'points' ? { ...before.answer, repeated: true } : before.answer;
  }
  const line = writes[name](body);
  commit({ ...line, key, digest });
  return line.answer;
}

function serve(request, text) {
  if (!signed(request.headers, text)) throw new Refused(401, 'unauthorized');
  const name = request.url.slice(request.url.lastIndexOf('/v1/') + 4);
  let body = null;
  try {
    body = JSON.parse(text.toString('utf8'));
  } catch {
    throw new Refused(400, 'malformed');
  }
  if (name === 'erase') {
    const card = cards.get(body.card);
    if (card) commit({ erased: card.customer });
    return {};
  }
  if (Object.hasOwn(writes, name)) return once(name, request.headers['idempotency-key'], text, body);
  if (!Object.hasOwn(reads, name)) throw new Refused(400, 'malformed');
  return reads[name](body);
}

function answer(response, status, body) {
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': text.length });
  response.end(text);
}

const server = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    try {
      answer(response, 200, serve(request, Buffer.concat(parts)));
    } catch (error) {
      if (error instanceof Refused) return answer(response, error.status, { code: error.code, description: error.description });
      console.error(error);
      answer(response, 500, { code: 'internal' }); // the adapter cannot know what was done
    }
  });
});
journal = openJournal();
server.listen(port, '127.0.0.1');
