package wallet_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"koshelek-adapter/schema/koshelek"
)

// flaw is a way in which a host can be wrong.
type flaw string

const (
	good            flaw = ""
	doubleAward     flaw = "a receipt earns each time"
	racyAward       flaw = "a receipt is looked up, and then booked"
	forgottenAward  flaw = "an award is not booked when the client is gone"
	refusedRepeat   flaw = "a repeated receipt is refused"
	sharedReceipt   flaw = "a receipt earns for every card that sends it"
	secondCard      flaw = "an issue that races its twin makes two cards"
	lateSecondCard  flaw = "every issue makes a card"
	sameNumber      flaw = "a number is reserved for two"
	lostUpdate      flaw = "a profile is read, changed and written back"
	eagerUpdate     flaw = "a body that breaks off is stored"
	doubledConsent  flaw = "consents are written again"
	lostConsent     flaw = "denied channels are not stored"
	leak            flaw = "a search now and then shows the card that was issued last"
	vanishing       flaw = "a card is gone after a while"
	numberLeaf      flaw = "points are numbers"
	notFound        flaw = "unknown cards are 404"
	noCharset       flaw = "the header has no charset"
	emptyObject     flaw = "{} in place of an empty body"
	barePlain       flaw = "errors are plain text"
	acceptsAll      flaw = "unknown codes are accepted"
	doubledList     flaw = "the list names a user twice"
	silentUnderLoad flaw = "now and then the connection is closed without an answer"
)

// tinyHost is a host in memory that can have one flaw.
type tinyHost struct {
	flaw flaw

	mu       sync.Mutex
	serial   int
	searches int
	last     string
	byPhone  map[string]*holder
	cards    map[string]*holder
	reserved map[string]bool
	receipts map[string]string
}

type holder struct {
	number  string
	profile map[string]string
	total   int
	looks   int
	log     []string
}

func newTinyHost(f flaw) *tinyHost {
	return &tinyHost{
		flaw: f, byPhone: map[string]*holder{}, cards: map[string]*holder{}, reserved: map[string]bool{}, receipts: map[string]string{},
	}
}

func (h *tinyHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if h.flaw == noCharset {
		w.Header().Set("Content-Type", "application/json")
	}
	if user, pass, _ := r.BasicAuth(); user != login || pass != password {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil && h.flaw != eagerUpdate {
		h.refuse(w, "105")
		return
	}
	fields := map[string]any{}
	if json.Unmarshal(body, &fields) != nil && h.flaw == eagerUpdate && len(body) > 0 {
		_, value, _ := strings.Cut(string(body), `{"`)
		name, value, _ := strings.Cut(value, `":"`)
		value, _, _ = strings.Cut(value, `"`)
		fields[name] = value
	}
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/"), "/")
	switch {
	case path[0] == "promo":
		h.promo(w, r, fields)
	case len(path) == 1:
		h.find(w, r.URL.Query())
	case strings.HasPrefix(path[1], "getAllUsers"):
		h.list(w, path[1] == "getAllUsersExtended")
	case path[1] == "anonymous" && len(path) == 3:
		h.issueReserved(w, path[2], fields)
	case path[1] == "anonymous" && r.Method == http.MethodGet:
		h.reserve(w)
	case path[1] == "anonymous":
		h.issue(w, fields)
	case len(path) == 2 && r.Method == http.MethodGet:
		h.show(w, path[1])
	case len(path) == 2:
		h.update(w, path[1], fields)
	case path[2] == "communication":
		h.channels(w, path[1], fields)
	default:
		_, _ = io.WriteString(w, "[]")
	}
}

func (h *tinyHost) refuse(w http.ResponseWriter, code string) {
	w.WriteHeader(http.StatusUnprocessableEntity)
	if h.flaw == barePlain {
		_, _ = io.WriteString(w, "sorry")
		return
	}
	_, _ = fmt.Fprintf(w, `{"code":%q,"description":"no"}`, code)
}

func (h *tinyHost) done(w http.ResponseWriter) {
	if h.flaw == emptyObject {
		_, _ = io.WriteString(w, "{}")
	}
}

// next makes a number; the caller holds the lock.
func (h *tinyHost) next() string {
	if h.flaw != sameNumber || h.serial%7 != 3 {
		h.serial++
	} else {
		defer func() { h.serial++ }()
	}
	return "29" + strconv.Itoa(10_000_000_000+h.serial)
}

// hold makes a card; the caller holds the lock.
func (h *tinyHost) hold(number string, fields map[string]any) *holder {
	one := &holder{number: number, profile: map[string]string{}}
	for name, value := range fields {
		one.profile[name], _ = value.(string)
	}
	h.cards[number], h.byPhone[one.profile["phone"]], h.last = one, one, number
	return one
}

func cardOf(number string) string {
	return fmt.Sprintf(`"cardNumber":%q,"cardState":"active","barcode":{"barcodeNumber":%q,"barcodeType":"CODE_128"}`, number, number)
}

func (h *tinyHost) find(w http.ResponseWriter, q url.Values) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.searches++
	if h.flaw == leak && h.searches%40 == 0 && h.last != "" {
		_, _ = io.WriteString(w, `{"card":{`+cardOf(h.last)+`}}`)
		return
	}
	for _, one := range h.cards {
		if one.profile["phone"] == q.Get("msisdn") || one.profile["email"] != "" && one.profile["email"] == q.Get("email") {
			_, _ = io.WriteString(w, `{"card":{`+cardOf(one.number)+`}}`)
			return
		}
	}
}

func (h *tinyHost) reserve(w http.ResponseWriter) {
	h.mu.Lock()
	defer h.mu.Unlock()
	number := h.next()
	h.reserved[number] = true
	_, _ = fmt.Fprintf(w, "%q", number)
}

func (h *tinyHost) issueReserved(w http.ResponseWriter, number string, fields map[string]any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if one := h.cards[number]; one != nil && one.profile["phone"] == fields["phone"] {
		h.done(w)
		return
	}
	if h.cards[number] != nil || !h.reserved[number] {
		h.refuse(w, "204")
		return
	}
	h.hold(number, fields)
	h.done(w)
}

func (h *tinyHost) issue(w http.ResponseWriter, fields map[string]any) {
	phone, _ := fields["phone"].(string)
	h.mu.Lock()
	defer h.mu.Unlock()
	one := h.byPhone[phone]
	if h.flaw == secondCard && one == nil {
		h.mu.Unlock()
		time.Sleep(3 * time.Millisecond)
		h.mu.Lock()
	}
	if one == nil || h.flaw == lateSecondCard {
		one = h.hold(h.next(), fields)
	}
	_, _ = io.WriteString(w, `{"card":{`+cardOf(one.number)+`}}`)
}

func (h *tinyHost) show(w http.ResponseWriter, number string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one := h.cards[number]
	if one == nil {
		if h.flaw == notFound {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		h.refuse(w, "201")
		return
	}
	if one.looks++; h.flaw == vanishing && one.looks > 6 {
		h.refuse(w, "201")
		return
	}
	total := strconv.Quote(strconv.Itoa(one.total))
	if h.flaw == numberLeaf {
		total = strconv.Itoa(one.total)
	}
	_, _ = io.WriteString(w, `{"card":{`+cardOf(number)+`,"bonus":{"total":`+total+`,"available":`+total+`,"bonuses":[]}}}`)
}

func (h *tinyHost) update(w http.ResponseWriter, number string, fields map[string]any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one := h.cards[number]
	if one == nil {
		h.refuse(w, "201")
		return
	}
	if h.serial++; h.flaw == silentUnderLoad && h.serial%20 == 0 {
		panic(http.ErrAbortHandler)
	}
	changed := map[string]string{}
	for name, value := range one.profile {
		changed[name] = value
	}
	if h.flaw == lostUpdate {
		h.mu.Unlock()
		time.Sleep(3 * time.Millisecond)
		h.mu.Lock()
	}
	for name, value := range fields {
		changed[name], _ = value.(string)
	}
	one.profile = changed
	h.done(w)
}

func (h *tinyHost) channels(w http.ResponseWriter, number string, fields map[string]any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one := h.cards[number]
	if one == nil {
		h.refuse(w, "201")
		return
	}
	set := func(list any, state string) {
		names, _ := list.([]any)
		for _, name := range names {
			channel, _ := name.(string)
			line := channel + "=" + state
			if h.flaw == doubledConsent || h.state(one, channel) != line {
				one.log = append(one.log, line)
			}
		}
	}
	set(fields["allow"], "allow")
	if h.flaw != lostConsent {
		set(fields["deny"], "deny")
	}
	h.done(w)
}

func (h *tinyHost) state(one *holder, channel string) (last string) {
	for _, line := range one.log {
		if strings.HasPrefix(line, channel+"=") {
			last = line
		}
	}
	return last
}

func (h *tinyHost) promo(w http.ResponseWriter, r *http.Request, fields map[string]any) {
	number, _ := fields["cardNumber"].(string)
	claim, _ := fields["qrCode"].(string)
	if code, isCode := fields["code"].(string); isCode {
		if claim = "code " + code + number; strings.HasPrefix(code, "NO-SUCH") && h.flaw != acceptsAll {
			h.refuse(w, "430")
			return
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	one, taker := h.cards[number], h.receipts[claim]
	if h.flaw == racyAward {
		h.mu.Unlock()
		time.Sleep(3 * time.Millisecond)
		h.mu.Lock()
	}
	switch {
	case one == nil:
		h.refuse(w, "201")
		return
	case taker == number && h.flaw == refusedRepeat:
		h.refuse(w, "413")
		return
	case taker == number && h.flaw != doubleAward:
		h.done(w)
		return
	case taker != "" && h.flaw != sharedReceipt && h.flaw != doubleAward:
		h.refuse(w, "413")
		return
	}
	h.receipts[claim] = number
	if h.flaw == forgottenAward {
		h.mu.Unlock()
		gone := false
		select {
		case <-r.Context().Done():
			gone = true
		case <-time.After(30 * time.Millisecond):
		}
		if h.mu.Lock(); gone {
			return
		}
	}
	one.total += 50
	h.done(w)
}

func (h *tinyHost) list(w http.ResponseWriter, extended bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := []any{}
	for phone, one := range h.byPhone {
		var entry any = phone
		if extended {
			entry = koshelek.UserParams{Phone: phone, Params: []koshelek.Param{{Name: "surname", Value: one.profile["surname"]}}}
		}
		if list = append(list, entry); h.flaw == doubledList {
			list = append(list, entry)
		}
	}
	_ = json.NewEncoder(w).Encode(list)
}
