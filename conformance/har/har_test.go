package har_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/har"
	"koshelek-adapter/schema/koshelek"
)

var options = har.Options{Profile: contract.DefaultProfile(koshelek.V130)}

func judge(t *testing.T, archive string) har.Result {
	t.Helper()
	result, err := har.Judge(strings.NewReader(archive), options)
	require.NoError(t, err)
	return result
}

// entry writes one entry with an answer.
func entry(address string, status any, contentType, content string) string {
	return fmt.Sprintf(`{"request":{"method":"GET","url":%q},"response":{"status":%v,"headers":[{"name":"content-type","value":%q}],"content":%s}}`,
		address, status, contentType, content)
}

const (
	plain = "application/json; charset=utf-8"
	card  = `{"card":{"cardNumber":"2918538174910","cardState":"active","barcode":{"barcodeNumber":"2918538174910","barcodeType":"EAN_13"}}}`
	find  = "https://shop.example/v1/card?msisdn=79216668899"
)

func text(body string) string { return fmt.Sprintf(`{"text":%q}`, body) }

func log(entries ...string) string { return `{"log":{"entries":[` + strings.Join(entries, ",") + `]}}` }

// TestSampleOfOurServer judges what testdata/life.har recorded of our server.
func TestSampleOfOurServer(t *testing.T) {
	file, err := os.Open("testdata/life.har")
	require.NoError(t, err)
	defer file.Close()
	result, err := har.Judge(file, options)
	require.NoError(t, err)
	assert.True(t, result.Conformant(), "%+v", result.Broken)
	assert.Zero(t, result.Warns, "%+v", result.Broken)
	assert.Empty(t, result.Unjudged)
	assert.GreaterOrEqual(t, result.Judged, 15)
}

// TestBrokenAnswersAreFound judges answers that are wrong in one way each.
func TestBrokenAnswersAreFound(t *testing.T) {
	for rule, one := range map[string]string{
		"answer.status":       entry(find, 404, plain, text(`{"code":"1","description":"no"}`)),
		"answer.content-type": entry(find, 200, "application/json", text(card)),
		"answer.strings":      entry(find, 200, plain, text(strings.Replace(card, `"active"`, `true`, 1))),
		"answer.json":         entry(find, 200, plain, text(`{"card":`)),
		"answer.error-object": entry(find, 422, plain, text(`"sorry"`)),
	} {
		result := judge(t, log(entry(find, 200, plain, text(card)), one))
		assert.False(t, result.Conformant(), rule)
		assert.Equal(t, 2, result.Judged)
		var rules []string
		for _, broken := range result.Broken {
			rules = append(rules, broken.Rule)
			assert.Equal(t, 2, broken.Entry)
			assert.Equal(t, "GET /v1/card?msisdn=…", broken.Call)
		}
		assert.Contains(t, rules, rule)
	}
}

// TestLenientReading takes what recorders write.
func TestLenientReading(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte(card))
	for name, archive := range map[string]string{
		"base64":                 log(entry(find, 200, plain, fmt.Sprintf(`{"text":%q,"encoding":"base64"}`, encoded))),
		"byte order mark":        "\ufeff" + log(entry(find, 200, plain, text(card))),
		"status as text":         log(entry(find, `"200"`, plain, text(card))),
		"entries alone":          `{"entries":[` + entry(find, 200, plain, text(card)) + `]}`,
		"path behind proxy":      log(entry("https://shop.example/loyalty/v1/card?msisdn=79216668899", 200, plain, text(card))),
		"empty body":             log(entry(find, 200, plain, `{"size":0}`)),
		"no content":             log(entry(find, 200, plain, `null`)),
		"headers as object":      log(`{"request":{"method":"get","url":"` + find + `","headers":{"A":"b"}},"response":{"status":200,"headers":{"Content-Type":"` + plain + `"},"content":` + text(card) + `}}`),
		"mime type alone":        log(`{"request":{"method":"GET","url":"` + find + `"},"response":{"status":200,"content":{"mimeType":"` + plain + `","text":` + fmt.Sprintf("%q", card) + `}}}`),
		"much beside it":         `{"log":{"creator":{"a":[1,{"b":null}]},"pages":[[]],"entries":[` + entry(find, 200, plain, text(card)) + `],"comment":""},"x":1}`,
		"unsigned and sent back": log(entry(find, 401, plain, text(`{"code":"100","description":"no"}`)), entry(find, 200, plain, text(card))),
	} {
		t.Run(name, func(t *testing.T) {
			result := judge(t, archive)
			assert.Positive(t, result.Judged)
			assert.True(t, result.Conformant(), "%+v", result.Broken)
			assert.Empty(t, result.Unjudged)
		})
	}
}

// TestWhatCannotBeJudgedIsSaid: nothing that was not recorded counts as good.
func TestWhatCannotBeJudgedIsSaid(t *testing.T) {
	good := entry(find, 200, plain, text(card))
	for name, one := range map[string]string{
		"no answer was recorded":                  entry(find, 0, plain, `{}`),
		"the body of its answer was not recorded": entry(find, 200, plain, `{"size":120}`),
		"its answer is not the base64":            entry(find, 200, plain, `{"text":"%%%","encoding":"base64"}`),
		"its address was not recorded":            `{"response":{"status":200}}`,
		"its method was not recorded":             `{"request":{"url":"` + find + `"},"response":{"status":200}}`,
	} {
		result := judge(t, log(one, good))
		assert.Equal(t, 1, result.Judged, name)
		if assert.Len(t, result.Unjudged, 1, name) {
			assert.Contains(t, result.Unjudged[0].Why, name)
			assert.Equal(t, 1, result.Unjudged[0].Entry)
		}
	}
}

func TestOtherTrafficIsIgnored(t *testing.T) {
	archive := log(
		entry("https://shop.example/index.html", 500, "text/html", text("oops")), entry("https://shop.example/v1/cardinal", 500, "", text("")),
		entry("https://other.example:8443/v1/card?msisdn=1", 500, "", text("")), entry(find, 200, plain, text(card)),
	)
	o := options
	o.Host = "SHOP.example"
	result, err := har.Judge(strings.NewReader(archive), o)
	require.NoError(t, err)
	assert.Equal(t, 1, result.Judged)
	assert.Equal(t, 3, result.Ignored)
}

func TestBadFiles(t *testing.T) {
	for name, c := range map[string]struct{ archive, want string }{
		"empty":              {"", "breaks off at byte 0"},
		"cut":                {`{"log":{"entries":[{"request":`, "breaks off"},
		"not JSON":           {"<html>", "not JSON"},
		"a list":             {"[]", "no HAR file"},
		"no entries":         {`{"log":{"version":"1.2"}}`, "no HAR file"},
		"entries elsewhere":  {`{"deep":{"entries":[]}}`, "no HAR file"},
		"an entry is a text": {`{"log":{"entries":["79216668899"]}}`, "entry 1 is not an object"},
		"no calls":           {log(), "no call of the Koshelek API"},
		"other calls only":   {log(entry("https://x.example/", 200, "", text(""))), "no call of the Koshelek API"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := har.Judge(strings.NewReader(c.archive), options)
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "79216668899")
		})
	}
}

// endless is an archive that never ends.
type endless struct{ begun bool }

func (e *endless) Read(p []byte) (int, error) {
	if !e.begun {
		e.begun = true
		return copy(p, `{"log":{"pages":[`), nil
	}
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestFilesAreLimited(t *testing.T) {
	err := har.ReadWithin(&endless{}, 1<<20, func(har.Entry) error { return nil })
	require.ErrorIs(t, err, har.ErrTooLarge)
	var many bytes.Buffer
	many.WriteString(`{"entries":[{}`)
	for range har.MaxEntries {
		many.WriteString(",{}")
	}
	many.WriteString("]}")
	_, err = har.Judge(&many, options)
	require.ErrorIs(t, err, har.ErrTooLarge)
}

// TestNothingPersonalIsShown: findings name the call without its values.
func TestNothingPersonalIsShown(t *testing.T) {
	result := judge(t, log(
		entry("https://shop.example/v1/card/2918538174910?x=79216668899", 500, plain, text(`{"phone":"79216668899","email":"anna@shop.example"}`)),
		entry("https://shop.example/v1/card?msisdn=79216668899&email=anna%40shop.example", 200, plain, text(`{"card":1}`)),
	))
	var out bytes.Buffer
	require.NoError(t, result.WriteText(&out))
	for _, personal := range []string{"79216668899", "anna", "2918538174910"} {
		assert.NotContains(t, out.String(), personal)
	}
	assert.Contains(t, out.String(), "/v1/card/29***10?x=…")
	assert.Contains(t, out.String(), "NOT CONFORMANT")
}

func TestStrictCountsInferredRules(t *testing.T) {
	archive := log(entry(find, 422, plain, text(`{"code":"1","description":"no","Description":"x"}`)))
	result := judge(t, archive)
	require.Positive(t, result.Warns)
	assert.True(t, result.Conformant())
	assert.Equal(t, conformance.Warn, result.Broken[0].Outcome)
	o := options
	o.Strict = true
	strict, err := har.Judge(strings.NewReader(archive), o)
	require.NoError(t, err)
	assert.False(t, strict.Conformant())
}

// TestProfilesExcuse: a known deviation is a warning, and a choice that a profile
// could make is named.
func TestProfilesExcuse(t *testing.T) {
	archive := log(
		entry(find, 422, plain, text(`{"description":"no"}`)),
		entry(find, 200, plain, text(`{"card":{"cardNumber":"1","state":"active","barcode":{"barcodeNumber":"1","barcodeType":"QR_CODE"}}}`)),
	)
	assert.False(t, judge(t, archive).Conformant())
	o := options
	o.Profile.Deviations = []contract.Deviation{{Rule: "answer.error-object", Reason: "agreed"}, {Rule: "answer.required", Reason: "over", Until: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}}
	result, err := har.Judge(strings.NewReader(archive), o)
	require.NoError(t, err)
	assert.Equal(t, 1, result.Fails, "%+v", result.Broken)
	assert.Equal(t, 1, result.Warns)
	var out bytes.Buffer
	require.NoError(t, result.WriteText(&out))
	assert.Contains(t, out.String(), "known: agreed")
	assert.Contains(t, out.String(), `"fields": {"card.cardState": "state"}`)
	assert.NotContains(t, out.String(), "over")
}

func FuzzJudge(f *testing.F) {
	f.Add([]byte(log(entry(find, 200, plain, text(card)))))
	f.Add([]byte(`{"log":{"entries":[{"request":{"method":1,"url":"/v1/card/%zz"},"response":{"status":"2e2"}}]}}`))
	f.Add([]byte("\xef\xbb\xbf{"))
	f.Fuzz(func(t *testing.T, archive []byte) {
		result, err := har.Judge(bytes.NewReader(archive), options)
		if err == nil && result.Judged == 0 {
			t.Fatal("nothing was judged, and no error says so")
		}
		if result.Judged+result.Ignored+len(result.Unjudged) != result.Entries && len(result.Unjudged) < 1000 {
			t.Fatal("an entry is not accounted for")
		}
	})
}
