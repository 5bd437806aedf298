package baseline

// The statements are crm/sqldb's own; where that package builds one from parts,
// the whole stands here.
const (
	cardColumns = "k.number, k.barcode_number, k.barcode_type, k.state, k.customer_id, k.balance, k.earned_total, k.issued_at"

	findByPhone = "SELECT c.id, c.phone, c.email, c.birth_date, " + cardColumns +
		" FROM customer c LEFT JOIN card k ON k.customer_id = c.id WHERE c.phone = ?"

	statementOf = "SELECT " + cardColumns + `, l.description, l.remaining, l.available_from, l.valid_until
			FROM card k LEFT JOIN lot l ON l.card_number = k.number AND l.is_open = 1 AND l.valid_until > ?
			WHERE k.number = ? ORDER BY l.valid_until, l.available_from, l.id`

	insertCustomer = `INSERT INTO customer (id, phone, email, surname, firstname, patronymic, sex, birth_date,
		country_code, locality, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	deletePooled = "DELETE FROM card_pool WHERE number = ?"

	insertCard = `INSERT INTO card (number, barcode_number, barcode_type, state, customer_id, balance, earned_total,
		issued_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`

	addPoints = "UPDATE card SET balance = balance + ?, earned_total = earned_total + ?, updated_at = ?" +
		" WHERE number = ? AND state = 'active'"

	insertReceipt = `INSERT INTO receipt (fn, i, fp, card_number, fingerprint, sum_kopecks, at, kind, points, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	insertPosting = `INSERT INTO posting (id, card_number, kind, points, op_key, description, at)
		VALUES (?, ?, ?, ?, ?, ?, ?)`

	insertLot = `INSERT INTO lot (id, card_number, points, remaining, is_open, description, available_from, valid_until)
		VALUES (?, ?, ?, ?, 1, ?, ?, ?)`
)

var (
	readStatements  = []string{findByPhone, statementOf}
	writeStatements = []string{insertCustomer, deletePooled, insertCard, addPoints,
		insertReceipt, insertPosting, insertLot}
)
