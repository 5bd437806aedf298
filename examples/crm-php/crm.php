<?php
// A small CRM behind the Koshelek adapter: PHP 8 and PDO, with SQLite or MySQL and MariaDB.
//
//     CRM_SECRET=whsec_... CRM_DSN=sqlite:crm.sqlite PHP_CLI_SERVER_WORKERS=8 php -S 127.0.0.1:8090 crm.php
//
// The contract is schema/crmapi/openapi.yaml. Replace the SQL by that of your CRM; keep the signature, one
// transaction a call, and the table of keys. CRM_SECRET may hold two secrets with a blank between them
// while one is changed. MySQL: CRM_DSN='mysql:host=...;dbname=...;charset=utf8mb4', CRM_USER, CRM_PASSWORD.
declare(strict_types=1);

const FIELDS = ['phone', 'email', 'surname', 'firstName', 'patronymic', 'sex', 'birthDate', 'countryCode', 'locality'];
const KEYED = ['enroll', 'update', 'points'];
const CARDS = 'SELECT c.*, k.number, k.state, k.points, k.issued FROM cards k JOIN customers c ON c.id = k.customer';

/** A refusal: nothing is done. */
final class Refused extends Exception
{
    public function __construct(public int $status, public string $name, public string $description = '') { parent::__construct($name); }
}

/** Whether one of our secrets has signed the body within five minutes. */
function signed(string $body): bool
{
    [$id, $moment, $given] = [$_SERVER['HTTP_WEBHOOK_ID'] ?? '', $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? ''];
    $good = false;
    foreach (explode(' ', (string) getenv('CRM_SECRET')) as $secret) {
        $key = base64_decode(preg_replace('/^whsec_/', '', $secret), true);
        if ($key === false || strlen($key) < 24) {
            throw new RuntimeException('CRM_SECRET is no secret');
        }
        $want = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$moment.$body", $key, true));
        foreach (explode(' ', $given) as $signature) {
            $good = hash_equals($want, $signature) || $good;
        }
    }
    return $good && ctype_digit($moment) && abs(time() - (int) $moment) <= 300;
}

function database(): PDO
{
    $dsn = getenv('CRM_DSN') ?: 'sqlite:crm.sqlite';
    $db = new PDO($dsn, getenv('CRM_USER') ?: null, getenv('CRM_PASSWORD') ?: null, [
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC, PDO::ATTR_TIMEOUT => 5,
    ]);
    str_starts_with($dsn, 'sqlite:') || $db->exec('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    return $db;
}

/** The tables, made when the first call finds none. Texts of MySQL are compared byte by byte. */
function makeTables(PDO $db): void
{
    $mysql = $db->getAttribute(PDO::ATTR_DRIVER_NAME) === 'mysql';
    $id = $mysql ? 'BIGINT PRIMARY KEY AUTO_INCREMENT' : 'INTEGER PRIMARY KEY AUTOINCREMENT';
    $end = $mysql ? ' ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' : '';
    if (!$mysql) {
        $db->exec('PRAGMA journal_mode = WAL');
    }
    $db->exec("CREATE TABLE IF NOT EXISTS customers (id $id, phone VARCHAR(32) UNIQUE, email VARCHAR(255) UNIQUE, surname VARCHAR(255),
        firstName VARCHAR(255), patronymic VARCHAR(255), sex VARCHAR(1), birthDate VARCHAR(10), countryCode VARCHAR(16), locality VARCHAR(255))$end");
    $db->exec("CREATE TABLE IF NOT EXISTS cards (number VARCHAR(64) PRIMARY KEY, customer BIGINT NOT NULL REFERENCES customers (id),
        state VARCHAR(8) NOT NULL DEFAULT 'active', points BIGINT NOT NULL DEFAULT 0 CHECK (points >= 0), issued VARCHAR(32) NOT NULL)$end");
    $db->exec("CREATE TABLE IF NOT EXISTS purchases (id $id, card VARCHAR(64) NOT NULL, day VARCHAR(10) NOT NULL, item VARCHAR(255) NOT NULL,
        kopecks BIGINT NOT NULL, place VARCHAR(255), points BIGINT NOT NULL DEFAULT 0)$end"); // with an index on (card, day, id)
    // What was answered to each write, for seven days or longer.
    $db->exec("CREATE TABLE IF NOT EXISTS wallet_keys (name VARCHAR(128) PRIMARY KEY, digest VARCHAR(64) NOT NULL, card VARCHAR(64) NOT NULL,
        answer TEXT NOT NULL, made BIGINT NOT NULL)$end");
}

function run(PDO $db, string $sql, array $values = []): PDOStatement
{
    $statement = $db->prepare($sql);
    $statement->execute($values);
    return $statement;
}

function member(array $row): array
{
    $profile = array_filter(array_intersect_key($row, array_flip(FIELDS)), fn ($v) => $v !== null && $v !== '');
    return ['id' => (string) $row['id'], 'card' => $row['number'], 'state' => $row['state'], 'issuedAt' => $row['issued'], 'profile' => (object) $profile];
}

function card(PDO $db, array $ref, bool $use = false): array
{
    $row = run($db, CARDS . ' WHERE k.number = ?', [$ref['card'] ?? ''])->fetch();
    if (!$row || isset($ref['id']) && $ref['id'] !== (string) $row['id']) {
        throw new Refused(404, 'card_not_found');
    }
    if ($use && $row['state'] === 'blocked') {
        throw new Refused(422, 'card_blocked');
    }
    return $row;
}

/** Store the fields that are there; another customer's phone or e-mail is refused. */
function store(PDO $db, int $customer, array $profile): void
{
    foreach (['phone', 'email'] as $field) {
        if (!empty($profile[$field]) && run($db, "SELECT id FROM customers WHERE $field = ? AND id <> ?", [$profile[$field], $customer])->fetch()) {
            throw new Refused(409, $field . '_taken');
        }
    }
    foreach (FIELDS as $field) {
        if (!empty($profile[$field])) {
            run($db, "UPDATE customers SET $field = ? WHERE id = ?", [$profile[$field], $customer]);
        }
    }
}

function enroll(PDO $db, array $body): array
{
    [$number, $profile] = [$body['number'], $body['profile']];
    if (empty($profile['phone']) && empty($profile['email'])) {
        throw new Refused(422, 'invalid_profile', 'neither phone nor e-mail');
    }
    $field = empty($profile['phone']) ? 'email' : 'phone';
    $known = run($db, "SELECT id FROM customers WHERE $field = ?", [$profile[$field]])->fetchColumn();
    $holder = run($db, 'SELECT customer FROM cards WHERE number = ?', [$number])->fetchColumn();
    if ($holder !== false && ($known === false || (int) $holder !== (int) $known)) {
        throw new Refused(409, 'number_taken');
    }
    if ($known === false) {
        run($db, "INSERT INTO customers ($field) VALUES (?)", [$profile[$field]]);
        $known = $db->lastInsertId();
    }
    store($db, (int) $known, $profile);
    if ($holder === false) {
        run($db, 'INSERT INTO cards (number, customer, issued) VALUES (?, ?, ?)', [$number, $known, date(DATE_RFC3339)]);
    }
    return ['member' => member(card($db, ['card' => $number]))];
}

function points(PDO $db, array $body): array
{
    $row = card($db, $body, true);
    // The condition decides, not what was read before.
    $sql = 'UPDATE cards SET points = points + ? WHERE number = ? AND points + ? >= 0';
    if (run($db, $sql, [(int) $body['points'], $row['number'], (int) $body['points']])->rowCount() === 0 && $body['points'] !== 0) {
        throw new Refused(422, 'insufficient_points');
    }
    return ['points' => (int) $body['points']];
}

function members(PDO $db, array $body): array
{
    $limit = min((int) $body['limit'], 500);
    [$customer, $number] = explode('/', $body['after'] ?? '0/', 2); // a customer's cards stand together
    $rows = run($db, CARDS . ' WHERE c.id > ? OR c.id = ? AND k.number > ? ORDER BY c.id, k.number LIMIT ' . ($limit + 1), [(int) $customer, (int) $customer, $number])->fetchAll();
    $page = array_slice($rows, 0, $limit);
    return ['members' => array_map('member', $page), 'next' => count($rows) > $limit ? end($page)['id'] . '/' . end($page)['number'] : ''];
}

function purchases(PDO $db, array $body): array
{
    [$day, $last] = explode('/', $body['after'] ?? '9999-12-31/0', 2); // the newest first
    $sql = 'SELECT * FROM purchases WHERE card = ? AND day BETWEEN ? AND ? AND (day < ? OR day = ? AND id < ?) ORDER BY day DESC, id DESC LIMIT ' . min((int) $body['limit'], 500);
    $rows = run($db, $sql, [card($db, $body)['number'], $body['from'], $body['to'], $day, $day, (int) $last])->fetchAll();
    $line = fn ($r) => ['ref' => (string) $r['id'], 'day' => $r['day'], 'item' => $r['item'], 'kopecks' => (int) $r['kopecks'], 'place' => $r['place'] ?? '', 'points' => (int) $r['points']];
    return ['lines' => array_map($line, $rows), 'next' => count($rows) === (int) $body['limit'] ? end($rows)['day'] . '/' . end($rows)['id'] : ''];
}

function erase(PDO $db, array $body): array
{
    $row = run($db, CARDS . ' WHERE k.number = ?', [$body['card'] ?? ''])->fetch();
    if ($row) { // answers hold names and phones, too
        run($db, "UPDATE wallet_keys SET answer = '{}' WHERE card IN (SELECT number FROM cards WHERE customer = ?)", [$row['id']]);
        run($db, 'DELETE FROM purchases WHERE card IN (SELECT number FROM cards WHERE customer = ?)', [$row['id']]);
        run($db, 'DELETE FROM cards WHERE customer = ?', [$row['id']]);
        run($db, 'DELETE FROM customers WHERE id = ?', [$row['id']]);
    }
    return [];
}

function call(PDO $db, string $name, array $body): array
{
    switch ($name) {
        case 'ping': return ['version' => 1, 'name' => 'PHP CRM', 'offers' => ['balance', 'purchases', 'members', 'points', 'lookup', 'erase'],
            'writes' => array_fill_keys(KEYED, 'keyed'), 'now' => date(DATE_RFC3339)];
        case 'find': return ['members' => array_map('member', run($db, CARDS . ' WHERE c.phone = ? OR c.email = ? ORDER BY k.number LIMIT 10',
            [$body['phone'] ?? null, $body['email'] ?? null])->fetchAll())];
        case 'member': return ['member' => member(card($db, $body))];
        case 'enroll': return enroll($db, $body);
        case 'update': store($db, (int) card($db, $body, true)['id'], $body['profile']); return [];
        case 'balance': $row = card($db, $body, true); return ['card' => $row['number'], 'total' => (int) $row['points'], 'available' => (int) $row['points']];
        case 'purchases': return purchases($db, $body);
        case 'points': return points($db, $body);
        case 'members': return members($db, $body);
        case 'lookup': $kept = run($db, 'SELECT answer FROM wallet_keys WHERE name = ?', [$body['key']])->fetchColumn();
            return ['done' => $kept !== false, 'points' => $kept === false ? 0 : json_decode($kept, true)['points'] ?? 0];
        case 'erase': return erase($db, $body);
    }
    throw new Refused(400, 'malformed');
}

/** A write and its key, in one transaction; a repetition has the first answer. */
function once(PDO $db, string $name, string $text, array $body): string
{
    $key = $_SERVER['HTTP_IDEMPOTENCY_KEY'] ?? '';
    if ($key === '' || strlen($key) > 128) {
        throw new Refused(422, 'invalid_profile', 'Idempotency-Key');
    }
    $digest = hash('sha256', "$name\n$text");
    if ($kept = run($db, 'SELECT digest, answer FROM wallet_keys WHERE name = ?', [$key])->fetch()) {
        return $kept['digest'] === $digest ? $kept['answer'] : throw new Refused(422, 'operation_conflict');
    }
    $answer = json_encode((object) call($db, $name, $body), JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
    run($db, 'INSERT INTO wallet_keys VALUES (?, ?, ?, ?, ?)', [$key, $digest, $body['card'] ?? $body['number'], $answer, time()]);
    return $answer;
}

function serve(string $text): string
{
    if (!signed($text)) {
        throw new Refused(401, 'unauthorized');
    }
    $body = json_decode($text, true);
    $name = substr(strrchr(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH), '/'), 1);
    if (!is_array($body)) {
        throw new Refused(400, 'malformed');
    }
    $db = database();
    $sqlite = $db->getAttribute(PDO::ATTR_DRIVER_NAME) === 'sqlite';
    for ($try = 1; ; $try++) {
        try {
            // IMMEDIATE takes SQLite's lock before the first look; in MySQL the unique keys decide.
            $db->exec($sqlite && ($name === 'erase' || in_array($name, KEYED, true)) ? 'BEGIN IMMEDIATE' : 'BEGIN');
            $answer = in_array($name, KEYED, true) ? once($db, $name, $text, $body) : json_encode((object) call($db, $name, $body), JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
            $db->exec('COMMIT');
            return $answer;
        } catch (PDOException $error) {
            try { $db->exec('ROLLBACK'); } catch (PDOException) { /* there was no transaction */ }
            if ($try === 1 && ($error->getCode() === '42S02' || str_contains($error->getMessage(), 'no such table'))) {
                makeTables($db);
            } elseif ($try > 5 || !in_array($error->getCode(), ['23000', '40001'], true)) { // somebody was first, or a deadlock
                throw $error;
            }
        }
    }
}

try {
    [$status, $answer] = [200, serve((string) file_get_contents('php://input'))];
} catch (Refused $refused) {
    [$status, $answer] = [$refused->status, json_encode(['code' => $refused->name, 'description' => $refused->description])];
} catch (Throwable $error) { // the transaction is rolled back, but the adapter cannot know
    error_log((string) $error);
    [$status, $answer] = [500, '{"code":"internal"}'];
}
http_response_code($status);
header('Content-Type: application/json; charset=utf-8');
echo $answer;
